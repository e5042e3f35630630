import { z } from 'zod';
import { ListingId, saleFacts, watchListing, type SaleFacts } from '../../catalog/index.ts';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { newId, type UserId } from '../../kernel/ids.ts';
import { amountMinorMax } from '../../kernel/money.ts';
import { isBlocked } from '../../trust/index.ts';
import { CartItemEntity } from '../entities.ts';
import { cartChanged } from '../events.ts';
import { refreshItem, toldOf } from '../facts.ts';
import { lockCart, openCart, tellCart } from '../rows.ts';
import { cartRules } from '../rules.ts';
import { CartView, cartView, emptyCartView } from '../views.ts';

export const setItem = defineCommand({
  name: 'cart.setItem',
  access: 'user',
  summary: 'Have this many units of a listing in your cart; 0 removes it. It reserves nothing, and accepts the price.',
  input: z.strictObject({ listingId: ListingId, quantity: z.int().min(0).max(cartRules.quantityMax) }),
  output: CartView,
  errors: ['listings.not_found', 'orders.own_listing', 'orders.unavailable', 'orders.too_large', 'cart.too_many_items'],
  emits: [cartChanged],
  async run({ input: { listingId, quantity }, actor: { userId }, tx, fail }) {
    if (quantity === 0) return removeItem(tx, userId, listingId);
    // A change of the listing waits for this lock, so that it is followed up here or seen already.
    const listing = await watchListing(tx, listingId);
    const facts = listing && (await saleFacts(tx.db, [listingId])).get(listingId);
    if (!facts?.isOnSale) return fail('listings.not_found');
    if (facts.sellerId === userId) fail('orders.own_listing');
    if (await isBlocked(tx, userId, facts.sellerId)) fail('orders.unavailable');
    if (facts.priceMinor * quantity > amountMinorMax) fail('orders.too_large');
    return (await putItem(tx, userId, { facts, quantity })) ?? fail('cart.too_many_items');
  },
});

/** Null when the cart is full. */
async function putItem(
  tx: Tx,
  userId: UserId,
  { facts, quantity }: { facts: SaleFacts; quantity: number },
): Promise<CartView | null> {
  const { cart, items } = await openCart(tx, userId);
  const told = toldOf(facts, { quantity, isBlocked: false });
  const known = items.find(({ listingId }) => listingId === facts.listingId);
  if (known) {
    const isNew = known.quantity !== quantity || known.seenPriceMinor !== told.priceMinor;
    Object.assign(known, { quantity, seenPriceMinor: told.priceMinor });
    // Setting what is there already, as a second device does, is no news.
    if (!refreshItem(known, told) && !isNew) return cartView(tx, { cart, items });
    return tellCart(tx, { cart, items }, 'item_set');
  }
  if (items.length >= cartRules.itemsMax) return null;
  const { listingId, sellerId, currency } = facts;
  const seen = { quantity, seenPriceMinor: told.priceMinor, createdAt: await tx.now() };
  const item = tx.db.create(CartItemEntity, { id: newId(), userId, listingId, sellerId, currency, ...told, ...seen });
  return tellCart(tx, { cart, items: [...items, item] }, 'item_set');
}

async function removeItem(tx: Tx, userId: UserId, listingId: ListingId): Promise<CartView> {
  const found = await lockCart(tx, userId);
  if (!found) return emptyCartView(userId);
  const gone = found.items.find((item) => item.listingId === listingId);
  if (!gone) return cartView(tx, found);
  tx.db.remove(gone);
  return tellCart(tx, { cart: found.cart, items: found.items.filter((item) => item !== gone) }, 'item_removed');
}
