import { afterAll, beforeAll, expect, test } from 'vitest';
import { courierFeeMinor } from '../../src/domain/delivery/quoting.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { addPartner, admin, centre, mombasa, north, openHub } from './depot.ts';

let market: Harness;
let buyer: TestUser;
let sellerIds: string[];
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  buyer = await market.user();
  sellerIds = [(await market.user()).id, (await market.user()).id];
});
afterAll(() => market.close());

const quote = (fields: Record<string, unknown>) =>
  market.ok(buyer, 'delivery.quote', { sellerIds, currency: 'USD', ...fields });
const refused = (fields: Record<string, unknown>) =>
  market.fails(buyer, 'delivery.quote', { sellerIds, currency: 'USD', ...fields });
const home = { text: 'The blue gate', location: north };

test('pickup at the seller’s is free', async () => {
  const nothing = { feeMinor: 0, hubId: null, distanceKm: null };
  expect(await quote({ method: 'pickup' })).toEqual({
    currency: 'USD',
    totalMinor: 0,
    perSeller: sellerIds.map((sellerId) => ({ sellerId, ...nothing })),
  });
});

test('a hub has one price for the parcel of each seller, in its own currency', async () => {
  const hubId = await openHub(market, { feeMinor: 700 });
  const quoted = await quote({ method: 'hub', hubId });
  expect(quoted.totalMinor).toBe(1_400);
  expect(quoted.perSeller).toContainEqual({ sellerId: sellerIds[0], feeMinor: 700, hubId, distanceKm: null });
  expect(await refused({ method: 'hub', hubId, currency: 'KES' })).toBe('delivery.not_offered');
  expect(await refused({ method: 'hub' })).toBe('delivery.unknown_hub');
  await market.ok(await admin(market), 'hubs.close', { hubId });
  expect(await refused({ method: 'hub', hubId })).toBe('delivery.closed');
});

test('a courier’s price grows with the distance from the nearest hub, and the cheapest rider is taken', async () => {
  expect(await refused({ method: 'courier', address: home, currency: 'TZS' })).toBe('delivery.not_offered');
  const near = await openHub(market, { location: centre });
  const far = await openHub(market, { location: { lat: -1.4, lon: 36.8172 } });
  await addPartner(market, [near, far], { currency: 'TZS', baseFeeMinor: 50_000, maxDistanceKm: 100 });
  await addPartner(market, [near, far], { currency: 'TZS', baseFeeMinor: 10_000 });
  // The surface of the earth from the one to the other: 4,997.9 m, so 500 tens of metres.
  const quoted = await quote({ method: 'courier', address: home, currency: 'TZS' });
  const parcel = { feeMinor: 10_000 + 5 * 3_000, hubId: near, distanceKm: 5 };
  expect(quoted.perSeller).toEqual(sellerIds.map((sellerId) => ({ sellerId, ...parcel })));
  expect(quoted.totalMinor).toBe(50_000);
  // From a hub that was named, though it is farther.
  const named = await quote({ method: 'courier', address: home, hubId: far, currency: 'TZS' });
  expect(named.perSeller[0]).toMatchObject({ hubId: far, distanceKm: 17.56 });
});

test('a courier goes no farther than their bound, and only to a place on the map', async () => {
  const hubId = await openHub(market, { location: centre });
  await addPartner(market, [hubId], { currency: 'UGX' });
  const courier = { method: 'courier', currency: 'UGX' };
  const coast = { text: 'The lighthouse', location: mombasa };
  expect(await refused({ ...courier, address: coast })).toBe('delivery.too_far');
  expect(await refused({ ...courier, address: { text: 'Somewhere' } })).toBe('delivery.no_address');
  expect(await refused(courier)).toBe('delivery.no_address');
  expect(await refused({ ...courier, address: home, hubId: crypto.randomUUID() })).toBe('delivery.unknown_hub');
});

test('a nearer hub whose riders do not go that far gives way to one from which they do', async () => {
  const [near, far] = [
    await openHub(market, { location: centre }),
    await openHub(market, { location: { lat: -1.35, lon: 36.8172 } }),
  ];
  await addPartner(market, [near], { currency: 'COP', maxDistanceKm: 1 });
  await addPartner(market, [far], { currency: 'COP', maxDistanceKm: 50 });
  const quoted = await quote({ method: 'courier', address: home, currency: 'COP' });
  expect(quoted.perSeller[0]).toMatchObject({ hubId: far });
});

test('each ten metres and each minor unit that were begun count, exactly at the dearest too', () => {
  const price = { baseFeeMinor: 100, perKmMinor: 333 };
  expect(courierFeeMinor(0, price)).toBe(100);
  expect(courierFeeMinor(0.1, price)).toBe(100 + 4);
  expect(courierFeeMinor(10, price)).toBe(100 + 4);
  expect(courierFeeMinor(1_000, price)).toBe(433);
  expect(courierFeeMinor(1_000.01, price)).toBe(100 + 337);
  const dearest = { baseFeeMinor: 1_000_000_000, perKmMinor: 100_000_000 };
  expect(courierFeeMinor(500_000, dearest)).toBe(51_000_000_000);
});
