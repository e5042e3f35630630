import { afterAll, beforeAll, expect, test } from 'vitest';
import { stockOf } from '../orders/stall.ts';
import { createMarket, refundAll, travel, type Till } from '../payments/bank.ts';
import { walletOf } from '../payments/money.ts';
import type { Harness } from '../support/harness.ts';
import { collect, dispatched, lastTold, type Parcel } from './parcel.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(() => market.close());

const dayMs = 86_400_000;
const orderOf = ({ buyer, orderId }: Parcel) => market.ok(buyer, 'orders.get', { orderId });
const kindsOf = async ({ seller, orderId }: Parcel) =>
  (await market.inboxOf(seller))
    .filter(({ data }) => data.entity === 'shipment' && data.orderId === orderId)
    .map(({ data }) => data.change.kind);

test('what a courier has for five days is lost, once, and the buyer has the money', async () => {
  const parcel = await dispatched(market, { till });
  travel(market, 5 * dayMs - 60_000);
  await market.runJob('shipments.loseOverdue');
  expect(await orderOf(parcel)).toMatchObject({ state: 'out_for_delivery' });
  travel(market, 60_001);
  await Promise.all([market.runJob('shipments.loseOverdue'), market.runJob('shipments.loseOverdue')]);
  expect(await orderOf(parcel)).toMatchObject({ state: 'refunded', refund: { state: 'due' } });
  // It is not on sale again: the seller has not got it back.
  expect(await stockOf(market, parcel.listingId)).toMatchObject({ quantity: 4 });
  await refundAll(market, till);
  expect(await orderOf(parcel)).toMatchObject({ refund: { state: 'refunded' }, refundedMinor: 3_000 });
  expect((await kindsOf(parcel)).filter((kind) => kind === 'lost')).toHaveLength(1);
  const { staff, shipmentId, deliveryCode: code } = parcel;
  expect(await market.fails(staff, 'shipments.deliver', { shipmentId, proof: { code } })).toBe(
    'shipments.not_possible',
  );
  expect(await market.ok(staff, 'shipments.handBack', { shipmentId })).toMatchObject({ state: 'returned' });
});

test('what could not be delivered is lost as well when it does not come back to the hub', async () => {
  const parcel = await dispatched(market, { till, payment: 'cod' });
  const { staff, shipmentId } = parcel;
  await collect(market, parcel);
  travel(market, 4 * dayMs);
  await market.ok(staff, 'shipments.fail', { shipmentId, reason: 'Nobody opened.' });
  travel(market, 4 * dayMs);
  await market.runJob('shipments.loseOverdue');
  expect(await orderOf(parcel)).toMatchObject({ state: 'at_hub' });
  travel(market, dayMs + 1);
  await market.runJob('shipments.loseOverdue');
  await market.runJob('payments.settle');
  expect(await orderOf(parcel)).toMatchObject({ state: 'refunded', refund: { state: 'refunded' } });
  expect(await walletOf(market, parcel.buyer)).toMatchObject({ available: 3_000 });
});

test('after half of the time the hub and both sides hear of it once, and of what is back not at all', async () => {
  const [late, back] = [await dispatched(market, { till }), await dispatched(market, { till })];
  await market.ok(back.staff, 'shipments.fail', { shipmentId: back.shipmentId, reason: 'Nobody opened.' });
  await market.ok(back.staff, 'shipments.receiveAtHub', { code: back.scanCode, hubId: back.hubId });
  travel(market, 2.5 * dayMs + 1);
  market.delivered.length = 0;
  await Promise.all([market.runJob('shipments.remind'), market.runJob('shipments.remind')]);
  expect((await kindsOf(late)).filter((kind) => kind === 'overdue')).toHaveLength(1);
  expect(await kindsOf(back)).not.toContain('overdue');
  expect(await lastTold(market, late.buyer, late.orderId)).toMatchObject({ change: { kind: 'overdue' } });
  const rooms = market.delivered.flatMap((outbound) => outbound.rooms);
  expect(rooms.map(({ room }) => room)).toEqual([`hub:${late.hubId}`]);
  travel(market, 5 * dayMs);
  await market.runJob('shipments.loseOverdue');
  expect(await orderOf(back)).toMatchObject({ state: 'at_hub' });
});
