import type { Actor } from './actor.ts';
import { handOverGoods } from './buying.ts';
import { currency, registerOverSocket, signIn, type Market } from './market.ts';
import { sell } from './selling.ts';
import { expect } from './timeline.ts';

const priceMinor = 6_000;
const splitMinor = 2_500;
const allDay = [{ from: '00:00', to: '24:00' }];
const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const always = Object.fromEntries(days.map((day) => [day, allDay])) as Record<(typeof days)[number], typeof allDay>;

/** What needs the staff of a market: a hub that takes parcels and cash, and somebody who decides. */
export async function withStaff(market: Market, login: { identifier: string; password: string }): Promise<void> {
  const admin = await signIn('Malik', login, market);
  const clerk = await registerOverSocket('Zuri', market);
  try {
    await Promise.all([admin.arrive(), clerk.arrive()]);
    const hubId = await openHub(market, { admin, clerk });
    await payAtTheHub(market, { clerk, hubId });
    await quarrel(market, admin);
    clerk.says(`applied ${await clerk.checkLog()} events: exactly the server's log`);
  } finally {
    admin.leave();
    clerk.leave();
  }
}

async function openHub({ home, word }: Market, { admin, clerk }: { admin: Actor; clerk: Actor }): Promise<string> {
  const place = { location: home, timezone: 'Asia/Dubai', hours: always, feeMinor: 500, currency } as const;
  const { id: hubId } = await admin.call('hubs.create', { name: `Hub ${word}`, address: 'The old mill', ...place });
  admin.says('opens a hub, delivery for 5.00 AED');
  await admin.call('hubs.assignStaff', { hubId, userId: clerk.userId });
  await clerk.hears('assignment.changed', ({ hub }) => hub.id === hubId, 'she works there now');
  return hubId;
}

/** Cash on delivery: no goods before the cash, no release before the hub has handed it in. */
async function payAtTheHub(market: Market, { clerk, hubId }: { clerk: Actor; hubId: string }): Promise<void> {
  const { buyer, seller } = market;
  const listingId = await sell(market, { title: 'Kettle', priceMinor });
  const delivery = { method: 'hub', hubId } as const;
  const group = await buyer.call('orders.place', { listingId, quantity: 1, delivery, paymentMethod: 'cod' });
  const orderId = group.orders[0]?.id;
  expect(orderId, 'an order group has an order');
  await buyer.call('payments.start', { orderGroupId: group.id, method: 'cod' });
  buyer.says('orders it to the hub and pays there: 65.00 in cash');
  await seller.hears(
    'order.changed',
    ({ id, state }) => id === orderId && state === 'placed',
    'an order, to be packed',
  );
  await seller.call('orders.accept', { orderId });
  await seller.call('orders.pack', { orderId });
  const ofOrder = (parcel: { orderId: string }) => parcel.orderId === orderId;
  const { scanCode: code } = await seller.hears('shipment.changed', ofOrder, 'a label to put on the parcel');
  expect(code, 'the label has a code');
  const { id: shipmentId } = await clerk.call('shipments.receiveAtHub', { code, hubId });
  clerk.says(`scans ${code} at the hub`);
  const { deliveryCode } = await buyer.hears(
    'shipment.changed',
    (parcel) => ofOrder(parcel) && parcel.state === 'at_hub',
    'the parcel waits for him',
  );
  expect(deliveryCode, 'the buyer has a code');
  const proof = { code: deliveryCode };
  const early = await clerk.call('shipments.deliver', { shipmentId, proof }).catch((error: { code?: string }) => error);
  expect('code' in early && early.code === 'shipments.cash_due', 'nothing is handed over before it is paid');
  await clerk.call('shipments.collectCash', { shipmentId, amountMinor: group.totalMinor });
  await clerk.call('shipments.deliver', { shipmentId, proof });
  clerk.says('takes the cash, and hands the parcel over for his code');
  await buyer.call('orders.confirmReceived', { orderId });
  await clerk.call('hubs.closeDay', { hubId, currency, countedMinor: group.totalMinor });
  clerk.says('counts the cash of the day and hands it in: 65.00, no difference');
  await seller.hears(
    'order.changed',
    ({ id, state }) => id === orderId && state === 'completed',
    'the order is completed',
  );
}

/** The two do not agree, and somebody who is neither of them decides. */
async function quarrel(market: Market, admin: Actor): Promise<void> {
  const { buyer, seller } = market;
  const listingId = await sell(market, { title: 'Rug', priceMinor });
  const pickup = { delivery: { method: 'pickup' }, paymentMethod: 'sandbox' } as const;
  const group = await buyer.call('orders.place', { listingId, quantity: 1, ...pickup });
  const orderId = group.orders[0]?.id;
  expect(orderId, 'an order group has an order');
  await buyer.call('payments.start', { orderGroupId: group.id, method: 'sandbox' });
  await seller.hears(
    'order.changed',
    ({ id, state }) => id === orderId && state === 'placed',
    'a paid order: 60.00 AED',
  );
  await handOverGoods(market, orderId);
  const claim = { reason: 'damaged', text: 'A corner is torn.' } as const;
  const { id: disputeId } = await buyer.call('disputes.open', { orderId, ...claim });
  buyer.says(`disputes it: "${claim.text}"; the money is frozen`);
  await seller.hears('dispute.changed', ({ id }) => id === disputeId, 'Juma disputes the order');
  await seller.call('disputes.respond', { disputeId, text: 'It was whole when he took it.' });
  seller.says('"It was whole when he took it."');
  await admin.call('disputes.claim', { disputeId });
  await admin.call('disputes.resolve', {
    disputeId,
    outcome: 'split',
    refundMinor: splitMinor,
    note: 'The photo shows a small tear.',
  });
  admin.says('decides: 25.00 go back');
  for (const side of [buyer, seller]) {
    await side.hears(
      'dispute.changed',
      ({ id, state, refundMinor }) => id === disputeId && state === 'resolved_split' && refundMinor === splitMinor,
      'it is decided: 25.00 go back',
    );
  }
  await buyer.hears(
    'order.changed',
    ({ id, state, refundedMinor }) => id === orderId && state === 'completed' && refundedMinor === splitMinor,
    'his money is back, and the order completed',
  );
}
