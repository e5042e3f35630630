import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPartner, admin, north, openHub, staffOf } from '../delivery/depot.ts';
import { listingOf } from '../orders/stall.ts';
import { createMarket, travel, type Till } from '../payments/bank.ts';
import type { Harness, TestUser } from '../support/harness.ts';
import { deliver, packed, received, type Depot } from './parcel.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(() => market.close());

async function depotFor(capacity: number): Promise<Depot> {
  const hubId = await openHub(market, { feeMinor: 500, capacity });
  const partnerId = await addPartner(market, [hubId], { baseFeeMinor: 500, perKmMinor: 0 });
  return { hubId, partnerId, staff: await staffOf(market, hubId) };
}

async function order(buyer: TestUser, hubId: string, listingId?: string) {
  const lamp = listingId ?? (await listingOf(market, await market.user()));
  const delivery = { method: 'hub', hubId };
  const reply = await market.call(buyer, 'orders.place', {
    listingId: lamp,
    quantity: 1,
    paymentMethod: 'sandbox',
    delivery,
  });
  return reply.ok ? (reply.data as any).orders[0].id : reply.error.code;
}

const quoted = async (hubId: string, method = 'hub') => {
  const input = { method, hubId, sellerIds: [crypto.randomUUID()], currency: 'USD' };
  const address = method === 'courier' ? { address: { text: 'The blue gate', location: north } } : {};
  const reply = await market.call(await market.user(), 'delivery.quote', { ...input, ...address });
  return reply.ok ? 'ok' : reply.error.code;
};

test('of many buyers at once on the last place of a hub one has it, and nobody else is offered it', async () => {
  const { hubId } = await depotFor(1);
  expect([await quoted(hubId), await quoted(hubId, 'courier')]).toEqual(['ok', 'ok']);
  const tries: { buyer: TestUser; listingId: string }[] = [];
  for (let index = 0; index < 6; index += 1) {
    tries.push({ buyer: await market.user(), listingId: await listingOf(market, await market.user()) });
  }
  const outcomes = await Promise.all(tries.map(({ buyer, listingId }) => order(buyer, hubId, listingId)));
  expect(outcomes.filter((outcome) => outcome === 'delivery.full')).toHaveLength(5);
  expect([await quoted(hubId), await quoted(hubId, 'courier')]).toEqual(['delivery.full', 'delivery.full']);
});

test('a place is free again once its order is over, or its parcel handed over or fetched back', async () => {
  const depot = await depotFor(1);
  const { hubId, staff } = depot;
  await order(await market.user(), hubId);
  travel(market, 900_001);
  await market.runJob('orders.expireUnpaid');
  const buyer = await market.user();
  const orderId = await order(buyer, hubId);
  expect(await quoted(hubId)).toBe('delivery.full');
  await market.ok(buyer, 'orders.cancel', { orderId });
  const parcel = await received(market, { till, depot, method: 'hub' });
  expect(await quoted(hubId)).toBe('delivery.full');
  await deliver(market, parcel);
  const back = await received(market, { till, depot, method: 'hub' });
  await market.ok(staff, 'shipments.returnToSeller', { shipmentId: back.shipmentId, reason: 'Refused.' });
  expect(await quoted(hubId)).toBe('delivery.full');
  await market.ok(staff, 'shipments.handBack', { shipmentId: back.shipmentId });
  expect(await quoted(hubId)).toBe('ok');
});

test('a hub whose capacity has shrunk takes in no more than it has room for, also of two scans at once', async () => {
  const depot = await depotFor(3);
  const { hubId, staff } = depot;
  const [first, second, third] = [
    await packed(market, { till, depot, method: 'hub' }),
    await packed(market, { till, depot, method: 'hub' }),
    await packed(market, { till, depot, method: 'hub' }),
  ];
  await market.ok(await admin(market), 'hubs.update', { hubId, capacity: 1 });
  const scans = [first, second, third].map(({ scanCode: code }) =>
    market.call(staff, 'shipments.receiveAtHub', { code, hubId }),
  );
  const codes = (await Promise.all(scans)).map((reply) => (reply.ok ? 'ok' : reply.error.code));
  expect(codes.toSorted()).toEqual(['ok', 'shipments.hub_full', 'shipments.hub_full']);
  const parcels = [first, second, third];
  await deliver(market, parcels[codes.indexOf('ok')]!);
  const { scanCode: code } = parcels[codes.indexOf('shipments.hub_full')]!;
  await market.ok(staff, 'shipments.receiveAtHub', { code, hubId });
});
