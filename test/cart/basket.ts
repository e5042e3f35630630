import type { Harness, TestUser } from '../support/harness.ts';
import { listingOf } from '../orders/stall.ts';

/** A person with units of one listing in the cart. */
export async function filledCart(
  market: Harness,
  fields: { quantity?: number; priceMinor?: number } = {},
): Promise<{ seller: TestUser; buyer: TestUser; listingId: string }> {
  const [seller, buyer] = [await market.user(), await market.user()];
  const listingId = await listingOf(market, seller, fields);
  await market.ok(buyer, 'cart.setItem', { listingId, quantity: 1 });
  return { seller, buyer, listingId };
}

/** All items of a cart's view, whoever sells them. */
export function itemsOf(view: { sellers: { items: any[] }[] }): any[] {
  return view.sellers.flatMap(({ items }) => items);
}
