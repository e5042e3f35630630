import { addPartner, north, openHub, staffOf } from '../delivery/depot.ts';
import { listingOf } from '../orders/stall.ts';
import { openBank, bankReports, pay, type Purchase, type Till } from '../payments/bank.ts';
import type { Harness, TestUser } from '../support/harness.ts';

/** A hub with somebody who works there and a courier who serves it. */
export interface Depot {
  readonly hubId: string;
  readonly partnerId: string;
  readonly staff: TestUser;
}

export interface Parcel extends Purchase, Depot {
  readonly shipmentId: string;
  /** Off the seller's label. */
  readonly scanCode: string;
  /** What the buyer sees. */
  readonly deliveryCode: string;
}

export const dueMinor = 3_000;

export async function openDepot(market: Harness): Promise<Depot> {
  const hubId = await openHub(market, { feeMinor: 500 });
  const partnerId = await addPartner(market, [hubId], { baseFeeMinor: 500, perKmMinor: 0 });
  return { hubId, partnerId, staff: await staffOf(market, hubId) };
}

export const execute = (market: Harness, statement: string, values: unknown[]) =>
  market.database.fork().getConnection().execute(statement, values);

interface Way {
  readonly method?: 'hub' | 'courier';
  readonly payment?: 'sandbox' | 'cod';
  readonly till?: Till;
  readonly depot?: Depot;
  readonly seller?: TestUser;
}

/** An order that was bought to go by a hub, at the price of 25.00 and 5.00 for the delivery, packed and ready to go. */
export async function packed(market: Harness, way: Way = {}): Promise<Parcel> {
  const { method = 'courier', payment = 'sandbox' } = way;
  const depot = way.depot ?? (await openDepot(market));
  const [seller, buyer] = [way.seller ?? (await market.user()), await market.user()];
  const listingId = await listingOf(market, seller);
  const group = await market.ok(buyer, 'orders.place', {
    listingId,
    quantity: 1,
    paymentMethod: payment,
    delivery: {
      method,
      hubId: depot.hubId,
      ...(method === 'courier' && { address: { text: 'The blue gate', location: north } }),
    },
  });
  const [groupId, orderId] = [group.id, group.orders[0].id];
  const bought = { seller, buyer, listingId, groupId, orderId };
  if (payment === 'cod') await market.ok(buyer, 'payments.start', { orderGroupId: groupId, method: 'cod' });
  else await payByCard(market, bought, way.till);
  await market.ok(seller, 'orders.accept', { orderId });
  await market.ok(seller, 'orders.pack', { orderId });
  await market.runJob('shipments.follow');
  const { id: shipmentId, scanCode } = await lastTold(market, seller, orderId);
  const { deliveryCode } = await lastTold(market, buyer, orderId);
  return { ...bought, ...depot, shipmentId, scanCode, deliveryCode };
}

async function payByCard(market: Harness, bought: Purchase, till?: Till): Promise<void> {
  const bank = till ?? openBank(market);
  await pay(market, bought);
  await bankReports(market, bank);
}

/** The view of an order's shipment that a person was pushed last. */
export async function lastTold(market: Harness, user: TestUser, orderId: string): Promise<any> {
  const told = (await market.inboxOf(user)).filter(({ data }) => data.entity === 'shipment');
  return told.findLast(({ data }) => data.orderId === orderId)?.data;
}

export async function received(market: Harness, way: Way = {}): Promise<Parcel> {
  const parcel = await packed(market, way);
  await market.ok(parcel.staff, 'shipments.receiveAtHub', { code: parcel.scanCode, hubId: parcel.hubId });
  return parcel;
}

export async function dispatched(market: Harness, way: Way = {}): Promise<Parcel> {
  const parcel = await received(market, way);
  const { shipmentId, partnerId } = parcel;
  await market.ok(parcel.staff, 'shipments.dispatch', { shipmentId, partnerId });
  return parcel;
}

export const collect = (market: Harness, { staff, shipmentId }: Parcel) =>
  market.ok(staff, 'shipments.collectCash', { shipmentId, amountMinor: dueMinor });

export const deliver = (market: Harness, { staff, shipmentId, deliveryCode }: Parcel) =>
  market.ok(staff, 'shipments.deliver', { shipmentId, proof: { code: deliveryCode } });

export const wrongCode = ({ deliveryCode }: Parcel) => (deliveryCode === '000000' ? '000001' : '000000');
