import { afterAll, beforeAll, expect, test } from 'vitest';
import { confirmedUpload } from '../support/disk.ts';
import type { Harness } from '../support/harness.ts';
import { createMarket, refundAll, type Till } from '../payments/bank.ts';
import { stockOf } from '../orders/stall.ts';
import { deliver, dispatched, execute, lastTold, openDepot, packed, received, wrongCode } from './parcel.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(() => market.close());

const dayMs = 86_400_000;

const orderOf = async ({ buyer, orderId }: { buyer: any; orderId: string }) =>
  market.ok(buyer, 'orders.get', { orderId });

test('by courier: from the seller’s label to the buyer’s door, everybody told in their own view', async () => {
  const parcel = await packed(market, { till });
  const { buyer, seller, staff, hubId, partnerId, shipmentId, scanCode, deliveryCode, orderId } = parcel;
  expect(await lastTold(market, seller, orderId)).toMatchObject({ role: 'seller', deliveryCode: null });
  expect(await lastTold(market, buyer, orderId)).toMatchObject({ role: 'buyer', scanCode: null });

  const label = await market.ok(seller, 'shipments.label', { shipmentId });
  expect(label).toMatchObject({ scanCode, hubName: 'Westlands Hub' });
  const svg = Buffer.from(label.qrUrl.split(',')[1], 'base64').toString();
  expect(svg).toMatch(/^<svg/);
  expect(await market.fails(buyer, 'shipments.label', { shipmentId })).toBe('shipments.not_found');

  await market.ok(staff, 'shipments.receiveAtHub', { code: label.spelledCode.toLowerCase(), hubId });
  expect(await orderOf(parcel)).toMatchObject({ state: 'at_hub' });
  const out = await market.ok(staff, 'shipments.dispatch', { shipmentId, partnerId });
  expect(out).toMatchObject({ partner: { name: 'Boda Riders' }, recipient: { address: { text: 'The blue gate' } } });
  expect(await orderOf(parcel)).toMatchObject({ state: 'out_for_delivery' });
  await market.ok(staff, 'shipments.deliver', { shipmentId, proof: { code: deliveryCode } });
  expect(await orderOf(parcel)).toMatchObject({ state: 'delivered' });

  const tracked = await market.ok(buyer, 'shipments.track', { shipmentId });
  expect(tracked).toMatchObject({ state: 'delivered', proof: { kind: 'code', url: null }, deliveryCode: null });
  expect(tracked.custody.map(({ event, holder }: any) => [event, holder.kind, holder.name])).toEqual([
    ['packed', 'seller', null],
    ['at_hub', 'hub', 'Westlands Hub'],
    ['out_for_delivery', 'partner', 'Boda Riders'],
    ['delivered', 'buyer', null],
  ]);
  expect(JSON.stringify(tracked)).not.toContain(staff.id);
  const told = (await market.inboxOf(buyer)).filter(({ data }) => data.entity === 'shipment');
  expect(told.map(({ data }) => data.change.kind)).toEqual(['created', 'at_hub', 'out_for_delivery', 'delivered']);
});

test('by hub: the buyer fetches it with the code, and no courier gets it', async () => {
  const parcel = await received(market, { till, method: 'hub' });
  const { staff, shipmentId, partnerId } = parcel;
  expect(await market.fails(staff, 'shipments.dispatch', { shipmentId, partnerId })).toBe('shipments.not_possible');
  expect(await deliver(market, parcel)).toMatchObject({ state: 'delivered', allowedActions: [] });
  expect(await orderOf(parcel)).toMatchObject({ state: 'delivered' });
});

test('a courier’s parcel is not handed over at the hub', async () => {
  const { staff, shipmentId, deliveryCode } = await received(market, { till });
  const input = { shipmentId, proof: { code: deliveryCode } };
  expect(await market.fails(staff, 'shipments.deliver', input)).toBe('shipments.not_possible');
});

test('a photo proves one delivery, and both sides get to see it', async () => {
  const depot = await openDepot(market);
  const [parcel, other] = [await dispatched(market, { till, depot }), await dispatched(market, { till, depot })];
  const { staff, shipmentId, buyer, seller } = parcel;
  const imageId = await confirmedUpload(market, staff, { purpose: 'evidence' });
  const publicImage = await confirmedUpload(market, staff, { purpose: 'listing' });
  const attempt = (id: string, image: string) =>
    market.fails(staff, 'shipments.deliver', { shipmentId: id, proof: { imageId: image } });
  expect(await attempt(shipmentId, publicImage)).toBe('uploads.not_found');
  await market.ok(staff, 'shipments.deliver', { shipmentId, proof: { imageId } });
  expect(await attempt(other.shipmentId, imageId)).toBe('shipments.proof_used');
  await market.runJob('uploads.process');
  for (const side of [buyer, seller]) {
    const { proof } = await market.ok(side, 'shipments.track', { shipmentId });
    expect(proof).toEqual({ kind: 'photo', url: expect.stringContaining('http') as unknown });
  }
});

test('wrong delivery codes are counted, and the sixth try has to wait even with the right one', async () => {
  const parcel = await received(market, { till, method: 'hub' });
  const { staff, shipmentId } = parcel;
  const wrong = { shipmentId, proof: { code: wrongCode(parcel) } };
  for (let tries = 0; tries < 5; tries += 1) {
    expect(await market.fails(staff, 'shipments.deliver', wrong)).toBe('shipments.wrong_code');
  }
  const right = { shipmentId, proof: { code: parcel.deliveryCode } };
  expect(await market.fails(staff, 'shipments.deliver', right)).toBe('shipments.code_locked');
  market.clock.offsetMs += 15 * 60_000 + 1;
  await market.ok(staff, 'shipments.deliver', right);
});

test('a parcel that cannot be delivered three times goes back, and the buyer gets the money at once', async () => {
  const parcel = await dispatched(market, { till });
  const { staff, shipmentId, partnerId, scanCode, hubId, listingId } = parcel;
  for (const failedTries of [1, 2]) {
    const failed = await market.ok(staff, 'shipments.fail', { shipmentId, reason: 'Nobody opened.' });
    expect(failed).toMatchObject({ state: 'failed', failedTries, reason: 'Nobody opened.' });
    expect(await orderOf(parcel)).toMatchObject({ state: 'at_hub' });
    await market.ok(staff, 'shipments.receiveAtHub', { code: scanCode, hubId });
    await market.ok(staff, 'shipments.dispatch', { shipmentId, partnerId });
  }
  expect(await stockOf(market, listingId)).toMatchObject({ quantity: 4 });
  const last = await market.ok(staff, 'shipments.fail', { shipmentId, reason: 'Refused.' });
  expect(last).toMatchObject({ state: 'returning', failedTries: 3, allowedActions: ['shipments.handBack'] });
  expect(await orderOf(parcel)).toMatchObject({ state: 'returned', refund: { state: 'due' } });
  expect(await stockOf(market, listingId)).toMatchObject({ quantity: 5 });
  await refundAll(market, till);
  expect(await orderOf(parcel)).toMatchObject({ refund: { state: 'refunded' }, refundedMinor: 3_000 });
  expect(await market.ok(staff, 'shipments.handBack', { shipmentId })).toMatchObject({ state: 'returned' });
  const { custody } = await market.ok(parcel.seller, 'shipments.track', { shipmentId });
  expect(custody.at(-1)).toMatchObject({ event: 'returned', holder: { kind: 'seller' } });
  expect(custody).toHaveLength(11);
});

test('what nobody fetches in two weeks goes back by itself, once', async () => {
  const parcel = await received(market, { till, method: 'hub' });
  market.clock.offsetMs += 14 * dayMs - 60_000;
  await market.runJob('shipments.returnUnclaimed');
  expect(await orderOf(parcel)).toMatchObject({ state: 'at_hub' });
  market.clock.offsetMs += 60_001;
  await Promise.all([market.runJob('shipments.returnUnclaimed'), market.runJob('shipments.returnUnclaimed')]);
  expect(await orderOf(parcel)).toMatchObject({ state: 'returned', refund: { state: 'due' } });
  const told = (await market.inboxOf(parcel.seller)).filter(({ data }) => data.entity === 'shipment');
  expect(told.filter(({ data }) => data.change.kind === 'returning')).toHaveLength(1);
});

test('an order that is packed too late for its hub is cancelled, and its shipment follows', async () => {
  const parcel = await packed(market, { till });
  market.clock.offsetMs += 30 * dayMs;
  await market.runJob('orders.cancelUnhandled');
  expect(await orderOf(parcel)).toMatchObject({ state: 'cancelled' });
  // The parcel comes nevertheless, before the shipment has followed its order and after it.
  const scan = { code: parcel.scanCode, hubId: parcel.hubId };
  expect(await market.fails(parcel.staff, 'shipments.receiveAtHub', scan)).toBe('shipments.not_possible');
  await market.runJob('shipments.follow');
  expect(await lastTold(market, parcel.buyer, parcel.orderId)).toMatchObject({ state: 'cancelled' });
  expect(await market.fails(parcel.staff, 'shipments.receiveAtHub', scan)).toBe('shipments.not_possible');
});

test('a packed order gets one shipment, however often and by however many it is looked for', async () => {
  const parcel = await packed(market, { till });
  await execute(market, 'update sub_order set shipment_due = true where id = ?', [parcel.orderId]);
  await Promise.all(Array.from({ length: 4 }, () => market.runJob('shipments.follow')));
  const created = (await market.inboxOf(parcel.seller)).filter(
    ({ data }) => data.entity === 'shipment' && data.change.kind === 'created',
  );
  expect(created).toHaveLength(1);
});

test('two of the staff who scan a parcel at once receive it once, and it is handed over once', async () => {
  const parcel = await packed(market, { till, method: 'hub' });
  const { staff, shipmentId, hubId, scanCode, deliveryCode } = parcel;
  const scans = [1, 2, 3].map(() => market.call(staff, 'shipments.receiveAtHub', { code: scanCode, hubId }));
  expect((await Promise.all(scans)).filter(({ ok }) => ok)).toHaveLength(1);
  const proof = { code: deliveryCode };
  const handed = [1, 2, 3].map(() => market.call(staff, 'shipments.deliver', { shipmentId, proof }));
  expect((await Promise.all(handed)).filter(({ ok }) => ok)).toHaveLength(1);
  const { custody } = await market.ok(parcel.buyer, 'shipments.track', { shipmentId });
  expect(custody.map(({ event }: { event: string }) => event)).toEqual(['packed', 'at_hub', 'delivered']);
});
