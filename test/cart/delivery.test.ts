import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Harness, TestUser } from '../support/harness.ts';
import { addPartner, centre, mombasa, openHub } from '../delivery/depot.ts';
import { listingOf } from '../orders/stall.ts';
import { createMarket } from '../payments/bank.ts';
import { promoOf } from '../promos/promo.ts';
import { filledCart } from './basket.ts';

let market: Harness;
let hubId: string;
beforeAll(async () => {
  ({ market } = await createMarket());
  hubId = await openHub(market, { feeMinor: 300 });
  await addPartner(market, [hubId], { baseFeeMinor: 700, perKmMinor: 0 });
});
afterAll(() => market.close());

async function twoSellers(): Promise<TestUser> {
  const { buyer } = await filledCart(market);
  const listingId = await listingOf(market, await market.user(), { priceMinor: 500 });
  await market.ok(buyer, 'cart.setItem', { listingId, quantity: 1 });
  return buyer;
}

test('each seller’s parcel to a hub has its fee, which no discount touches', async () => {
  const buyer = await twoSellers();
  const { code } = await promoOf(market, { discount: { kind: 'percent', bps: 10_000 } });
  const input = { delivery: { method: 'hub', hubId }, paymentMethod: 'cod', promo: code };
  const group = await market.ok(buyer, 'cart.checkout', input);
  expect(group).toMatchObject({ goodsMinor: 3_000, deliveryMinor: 600, discountMinor: 3_000, totalMinor: 600 });
  for (const order of group.orders) {
    expect(order).toMatchObject({ totalMinor: 300, delivery: { method: 'hub', hubId, address: null } });
  }
});

test('a courier goes to an address that the seller does not see, from the hub that serves it', async () => {
  const { seller, buyer, listingId } = await filledCart(market);
  const address = { text: '4 Kimathi Street', location: centre };
  const input = { listingId, quantity: 1, delivery: { method: 'courier', address }, paymentMethod: 'sandbox' };
  const group = await market.ok(buyer, 'orders.place', input);
  expect(group).toMatchObject({ deliveryMinor: 700, totalMinor: 3_200, restMinor: 3_200 });
  const [{ id: orderId }] = group.orders;
  const bought = await market.ok(buyer, 'orders.get', { orderId });
  expect(bought.delivery).toEqual({ method: 'courier', hubId, address });
  // The seller brings the parcel to the hub: where the buyer lives is between the buyer and the courier.
  const sold = await market.ok(seller, 'orders.get', { orderId });
  expect(sold.delivery).toEqual({ method: 'courier', hubId, address: null });
  const told = await market.inboxOf(seller);
  expect(JSON.stringify(told)).not.toContain('Kimathi');
});

test('what nobody delivers is refused with the reason, and reserves nothing', async () => {
  const buyer = await twoSellers();
  const refused = (delivery: Record<string, unknown>) =>
    market.fails(buyer, 'cart.checkout', { delivery, paymentMethod: 'sandbox' });
  expect(await refused({ method: 'hub', hubId: crypto.randomUUID() })).toBe('delivery.unknown_hub');
  expect(await refused({ method: 'courier', address: { text: 'Somewhere' } })).toBe('delivery.no_address');
  const far = { text: 'Moi Avenue, Mombasa', location: mombasa };
  expect(await refused({ method: 'courier', address: far })).toBe('delivery.too_far');
  expect(await market.ok(buyer, 'cart.get')).toMatchObject({ itemCount: 2, version: 2 });
});
