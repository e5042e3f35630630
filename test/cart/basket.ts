import { accounts, postTransfer } from '../../src/domain/ledger/index.ts';
import { listingOf } from '../orders/stall.ts';
import type { Harness, TestUser } from '../support/harness.ts';
import { createListing } from '../support/listings.ts';
import { transact } from '../support/transact.ts';

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

/** Things of several sellers in one cart, at these prices. */
export async function shopping(
  market: Harness,
  prices: readonly number[],
  currency = 'USD',
): Promise<{ buyer: TestUser; listings: string[] }> {
  const buyer = await market.user();
  const listings: string[] = [];
  for (const priceMinor of prices) {
    const { id } = await createListing(market, await market.user(), { priceMinor, currency, quantity: 3 });
    await market.ok(buyer, 'cart.setItem', { listingId: id, quantity: 1 });
    listings.push(id);
  }
  return { buyer, listings };
}

/** Gives a person money in the wallet. */
export async function credit(market: Harness, user: TestUser, amountMinor: number): Promise<void> {
  await transact(market, (tx) =>
    postTransfer(tx, {
      kind: 'promo.credit',
      reference: crypto.randomUUID(),
      currency: 'USD',
      postings: [
        { account: accounts.promo, amountMinor: -amountMinor },
        { account: accounts.available(user.actor.userId), amountMinor },
      ],
    }),
  );
}
