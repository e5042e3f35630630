import { z } from 'zod';
import { UserId } from '../kernel/ids.ts';
import { Currency } from '../kernel/money.ts';
import { orNull } from '../kernel/or-null.ts';
import type { Port } from '../kernel/ports.ts';
import { iso, Timestamp } from '../kernel/timestamp.ts';
import { imageUrls, objectStorePort } from '../media/index.ts';
import type { Cart, CartItem } from './entities.ts';

const CartItemView = z.object({
  listingId: z.uuid(),
  title: z.string(),
  previewUrl: orNull(z.string()),
  quantity: z.int(),
  priceMinor: z.int().describe('Of one unit, now.'),
  lineMinor: z.int(),
  priceChanged: orNull(z.object({ fromMinor: z.int() })).describe('Since you set the item; setting it again accepts.'),
  stockShort: orNull(z.object({ available: z.int() })).describe('Fewer are left than you want.'),
  unavailable: z.boolean().describe('You cannot buy it now; it counts in no sum.'),
  addedAt: Timestamp,
});

/** A person's cart, the same on all of their devices. Its id is theirs. */
export const CartView = z.object({
  id: UserId,
  version: z.int(),
  /** One for each seller and currency: what becomes one order. */
  sellers: z.array(
    z.object({ sellerId: UserId, currency: Currency, items: z.array(CartItemView), subtotalMinor: z.int() }),
  ),
  /** Each currency is a checkout of its own. */
  totals: z.array(z.object({ currency: Currency, totalMinor: z.int() })),
  itemCount: z.int(),
  updatedAt: orNull(Timestamp),
  allowedActions: z.array(z.string()),
});
export type CartView = z.input<typeof CartView>;

interface Ported {
  port<T>(port: Port<T>): T;
}

/** A cart with its items, the oldest first. */
export interface CartWithItems {
  readonly cart: Cart;
  readonly items: readonly CartItem[];
}

export function cartView(reader: Ported, { cart, items }: CartWithItems): CartView {
  const { userId: id, version, updatedAt } = cart;
  const bySeller = Map.groupBy(items, ({ sellerId, currency }) => `${sellerId} ${currency}`);
  const sellers = [...bySeller.values()].map((theirs) => sellerPart(reader, theirs));
  const byCurrency = Map.groupBy(sellers, ({ currency }) => currency);
  const totals = [...byCurrency].map(([currency, parts]) => ({
    currency,
    totalMinor: parts.reduce((sum, { subtotalMinor }) => sum + subtotalMinor, 0),
  }));
  const allowedActions = ['cart.setItem', ...(items.length > 0 ? ['cart.checkout', 'cart.clear'] : [])];
  return { id, version, sellers, totals, itemCount: items.length, updatedAt: iso(updatedAt), allowedActions };
}

/** The view of somebody who never had anything in a cart. */
export function emptyCartView(id: UserId): CartView {
  return { id, version: 0, sellers: [], totals: [], itemCount: 0, updatedAt: null, allowedActions: ['cart.setItem'] };
}

function sellerPart(reader: Ported, items: readonly CartItem[]): CartView['sellers'][number] {
  const { sellerId, currency } = items[0]!;
  const views = items.map((item) => itemView(reader, item));
  const subtotalMinor = views.reduce((sum, { unavailable, lineMinor }) => sum + (unavailable ? 0 : lineMinor), 0);
  return { sellerId, currency, items: views, subtotalMinor };
}

function itemView({ port }: Ported, item: CartItem): z.input<typeof CartItemView> {
  const { listingId, title, previewPrefix, quantity, priceMinor, seenPriceMinor, shortOf, unavailable } = item;
  return {
    listingId,
    title,
    quantity,
    priceMinor,
    unavailable,
    previewUrl: previewPrefix ? imageUrls(port(objectStorePort), previewPrefix).previewUrl : null,
    lineMinor: priceMinor * quantity,
    priceChanged: priceMinor === seenPriceMinor ? null : { fromMinor: seenPriceMinor },
    stockShort: typeof shortOf === 'number' ? { available: shortOf } : null,
    addedAt: iso(item.createdAt),
  };
}
