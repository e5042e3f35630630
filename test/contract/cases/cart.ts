import { filledCart } from '../../cart/basket.ts';
import { listingOf, pickup } from '../../orders/stall.ts';
import { system } from '../../support/harness.ts';
import { createListing } from '../../support/listings.ts';
import type { AreaCases } from '../cases.ts';

export const cartCases: AreaCases = {
  operations: {
    'cart.get': { success: async (market) => ({ as: (await filledCart(market)).buyer, input: {} }) },
    'cart.setItem': {
      async success(market) {
        const { buyer, listingId } = await filledCart(market);
        return { as: buyer, input: { listingId, quantity: 2 } };
      },
      async wrongActor(market) {
        const { seller, listingId } = await filledCart(market);
        return { as: seller, input: { listingId, quantity: 2 }, error: 'orders.own_listing' };
      },
    },
    'cart.checkout': { success: async (market) => ({ as: (await filledCart(market)).buyer, input: { ...pickup } }) },
    'cart.clear': { success: async (market) => ({ as: (await filledCart(market)).buyer, input: {} }) },
    'cart.followBlocks': { success: async () => ({ as: system, input: {} }) },
    'cart.followUp': {
      async success(market) {
        const { seller, listingId } = await filledCart(market);
        await market.ok(seller, 'listings.update', { listingId, priceMinor: 1_000 });
        return { as: system, input: {} };
      },
    },
  },
  errors: {
    'cart.empty': async (market) => ({ name: 'cart.checkout', as: await market.user(), input: { ...pickup } }),
    async 'cart.changed'(market) {
      const { seller, buyer, listingId } = await filledCart(market);
      await market.ok(seller, 'listings.update', { listingId, priceMinor: 9_999 });
      return { name: 'cart.checkout', as: buyer, input: { ...pickup } };
    },
    async 'cart.mixed_currencies'(market) {
      const { buyer } = await filledCart(market);
      const { id: listingId } = await createListing(market, await market.user(), { currency: 'JPY' });
      await market.ok(buyer, 'cart.setItem', { listingId, quantity: 1 });
      return { name: 'cart.checkout', as: buyer, input: { ...pickup } };
    },
    async 'cart.too_many_items'(market) {
      const { buyer, listingId } = await filledCart(market);
      await market.database
        .fork()
        .getConnection()
        .execute(
          `with copies as (
             insert into listing (id, seller_id, title, description, category_id, price_minor, currency, condition,
               quantity, reserved, feed, tags, images, images_settled, negotiable, quick_view_enabled,
               price_suggestion_used, state, card_version, favourites_due, published_at, version,
               created_at, updated_at)
             select gen_random_uuid(), seller_id, title, description, category_id, price_minor, currency, condition,
               quantity, 0, feed, tags, images, true, negotiable, quick_view_enabled,
               price_suggestion_used, state, card_version, false, published_at, version, created_at, updated_at
             from listing, generate_series(1, 99) where id = ? returning *
           )
           insert into cart_item (id, user_id, listing_id, quantity, seen_price_minor, seller_id, title, price_minor,
             currency, unavailable, created_at)
           select gen_random_uuid(), ?, id, 1, price_minor, seller_id, title, price_minor, currency, false, now()
           from copies`,
          [listingId, buyer.id],
        );
      const another = await listingOf(market, await market.user());
      return { name: 'cart.setItem', as: buyer, input: { listingId: another, quantity: 1 } };
    },
  },
};
