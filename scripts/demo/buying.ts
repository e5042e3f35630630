import { patienceMs } from './actor.ts';
import type { Market } from './market.ts';
import type { Posted } from './selling.ts';
import { expect, sleep } from './timeline.ts';

export interface Ordered {
  readonly orderId: string;
  readonly orderGroupId: string;
  /** When the order expires, on the clock of `performance.now()`: the clocks of two machines may differ. */
  readonly expiresAtMs: number;
  /** The server's window for payments, milliseconds. */
  readonly windowMs: number;
}

type Group = Awaited<ReturnType<typeof placeSecond>>['group'];

function ordered(group: Group): Ordered {
  const order = group.orders[0];
  expect(order, 'an order group has an order');
  const windowMs = Date.parse(group.deadline) - Date.parse(group.serverNow);
  return { orderId: order.id, orderGroupId: group.id, windowMs, expiresAtMs: performance.now() + windowMs };
}

const pickup = { delivery: { method: 'pickup' }, paymentMethod: 'sandbox' } as const;

/** The agreed price becomes an order; money moves when the provider says so, in a signed message of its own. */
export async function checkout(
  { seller, buyer, url }: Market,
  { offerId, amountMinor }: { offerId: string; amountMinor: number },
): Promise<Ordered> {
  const group = await buyer.call('offers.checkout', { offerId, ...pickup });
  const order = ordered(group);
  expect(group.totalMinor === amountMinor, 'the order costs what was agreed');
  buyer.says(`checks out: 105.00 AED, to be paid within ${Math.round(order.windowMs / 1000)} s`);
  const { payment } = await buyer.call('payments.start', { orderGroupId: order.orderGroupId, method: 'sandbox' });
  buyer.says(`starts the payment; the answer comes at once: ${payment.state}`);
  const forged = await fetch(`${url}/v1/webhooks/sandbox`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'forged', attemptId: payment.id, status: 'captured', amountMinor }),
  });
  expect(!forged.ok, "a message about the payment without the bank's signature is refused");
  buyer.says(`(a forged confirmation of the bank is refused with ${forged.status})`);
  await buyer.hears(
    'payment.changed',
    ({ id, state }) => id === payment.id && state === 'captured',
    "the bank's signed message came: paid",
  );
  await buyer.hears(
    'order.changed',
    ({ id, state }) => id === order.orderId && state === 'placed',
    'the order is placed',
  );
  await seller.hears(
    'order.changed',
    ({ id, state }) => id === order.orderId && state === 'placed',
    'a paid order: 105.00 AED',
  );
  return order;
}

/** A second order takes the last pair and is left unpaid. */
export async function orderWithoutPaying({ buyer }: Market, { listingId }: Posted): Promise<Ordered> {
  const { group, available } = await placeSecond(buyer, listingId);
  expect(available === 0, 'the last pair is reserved');
  const order = ordered(group);
  buyer.says(
    `orders the second pair too, and forgets to pay (${Math.round(order.windowMs / 1000)} s left; none available now)`,
  );
  return order;
}

async function placeSecond(buyer: Market['buyer'], listingId: string) {
  const group = await buyer.call('orders.place', { listingId, quantity: 1, ...pickup });
  const { available } = await buyer.call('listings.get', { listingId });
  return { group, available };
}

/** The seller accepts a paid order and hands the goods over for the buyer's code. */
export async function handOverGoods({ seller, buyer }: Market, orderId: string): Promise<void> {
  await seller.call('orders.accept', { orderId });
  await seller.call('orders.readyForPickup', { orderId });
  const { pickupCode } = await buyer.call('orders.get', { orderId });
  expect(pickupCode, 'the buyer sees the pickup code');
  await seller.call('orders.handOver', { orderId, pickupCode });
  seller.says('hands it over for the code of the buyer');
}

/** The hand-over by code, and the end of the sale. */
export async function handOver({ seller, buyer }: Market, { orderId }: Ordered): Promise<void> {
  const { pickupCode } = await buyer.call('orders.get', { orderId });
  expect(pickupCode, 'the buyer sees the pickup code');
  buyer.says(`tells Asha the pickup code ${pickupCode}`);
  await seller.call('orders.handOver', { orderId, pickupCode });
  seller.says('hands the shoes over');
  await buyer.hears(
    'order.changed',
    ({ id, state }) => id === orderId && state === 'delivered',
    'the order is delivered',
  );
  await buyer.call('orders.confirmReceived', { orderId });
  buyer.says('confirms that he has them');
  for (const side of [buyer, seller]) {
    await side.hears(
      'order.changed',
      ({ id, state }) => id === orderId && state === 'completed',
      'the order is completed',
    );
  }
}

/** The unpaid order ends by itself and its pair is for sale again. */
export async function awaitExpiry(
  { seller, buyer }: Market,
  { listingId }: Posted,
  { orderId, expiresAtMs }: Ordered,
): Promise<void> {
  const leftMs = expiresAtMs - performance.now();
  if (leftMs > 0) {
    buyer.says(`lets the time run out (${Math.ceil(leftMs / 1000)} s)`);
    await sleep(leftMs);
  }
  for (const side of [buyer, seller]) {
    await side.hears(
      'order.changed',
      ({ id, state }) => id === orderId && state === 'payment_expired',
      'the unpaid order has expired',
    );
  }
  for (const end = performance.now() + patienceMs; ;) {
    const { available } = await buyer.call('listings.get', { listingId });
    if (available === 1) break;
    expect(performance.now() < end, 'the stock of the expired order comes back');
    await sleep(250);
  }
  seller.says('has one pair for sale again');
}
