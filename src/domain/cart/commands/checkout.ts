import { z } from 'zod';
import { ListingId, lockListings, reserve } from '../../catalog/index.ts';
import { defineCommand, type Db, type Tx } from '../../kernel/define.ts';
import { newId, type UserId } from '../../kernel/ids.ts';
import {
  heldUntil,
  holderOf,
  openGroup,
  type OrderGroupId,
  OrderGroupView,
  orderGroupView,
  paymentDeadline,
  placingErrors,
  placingEvents,
  placingInput,
  type Purchase,
} from '../../orders/index.ts';
import { CartItemEntity, type CartItem } from '../entities.ts';
import { cartChanged } from '../events.ts';
import { refreshCart } from '../refreshing.ts';
import { lockCart, tellCart } from '../rows.ts';
import { cartRules } from '../rules.ts';
import type { CartWithItems } from '../views.ts';

const Wanted = z.strictObject({ listingId: ListingId, quantity: z.int().min(1).max(cartRules.quantityMax) });

/** Units by listing. */
type Units = ReadonlyMap<string, number>;

export const checkoutCart = defineCommand({
  name: 'cart.checkout',
  access: 'user',
  ratePerMinute: 30,
  summary:
    'Order what is in your cart, one order for each seller, and wait for the payment until the deadline. Prices are ' +
    'those you saw, or lower: where one has risen or units are missing, the cart is flagged and nothing is ordered.',
  input: z.strictObject({
    ...placingInput,
    items: z
      .array(Wanted)
      .min(1)
      .max(cartRules.itemsMax)
      .optional()
      .describe('Only these units of what is in the cart; two of one listing add up. Left out: everything there is.'),
  }),
  output: OrderGroupView,
  errors: ['cart.empty', 'cart.changed', 'cart.mixed_currencies', ...placingErrors],
  emits: [...placingEvents, cartChanged],
  async run({ input: { items: wanted, ...placing }, actor: { userId }, tx, fail, failKeeping }) {
    const units = wanted ? sumOf(wanted) : await everything(tx.db, userId);
    // Listings are locked before the cart, as by everyone who needs both; what was read of the cart is read again.
    await lockListings(tx, [...units.keys()]);
    const found = await lockCart(tx, userId);
    if (!found || found.items.length === 0 || units.size === 0) return fail('cart.empty');
    const isFlagged = await refreshCart(tx, found);
    const chosen = chosenOf(found, units);
    if (!chosen) {
      if (isFlagged) await tellCart(tx, found, 'listing_changed');
      return failKeeping('cart.changed');
    }
    const [currency, ...others] = new Set(chosen.map((item) => item.currency));
    if (!currency || others.length > 0) return fail('cart.mixed_currencies');
    const group = { id: newId<OrderGroupId>(), deadline: await paymentDeadline(tx) };
    if (!(await reserveAll(tx, group, units))) return fail('cart.changed');
    await takeOut(tx, found, units);
    const opened = await openGroup(tx, group, { buyerId: userId, currency, placing, parts: partsOf(chosen, units) });
    if (typeof opened === 'string') return fail(opened);
    return orderGroupView(opened.group, { orders: opened.orders, now: await tx.now() });
  },
});

function sumOf(items: readonly { listingId: string; quantity: number }[]): Units {
  const sums = new Map<string, number>();
  for (const { listingId, quantity } of items) sums.set(listingId, (sums.get(listingId) ?? 0) + quantity);
  return sums;
}

/** Without what the owner was told cannot be bought. */
async function everything(db: Db, userId: UserId): Promise<Units> {
  return sumOf(await db.find(CartItemEntity, { userId, unavailable: false }));
}

/** The items that are ordered, or null where one is not as its owner saw it. The listings are locked. */
function chosenOf({ items }: CartWithItems, units: Units): CartItem[] | null {
  const chosen = items.filter(({ listingId }) => units.has(listingId));
  const areAsSeen = chosen.every(
    ({ listingId, quantity, shortOf, unavailable, priceMinor, seenPriceMinor }) =>
      !unavailable &&
      priceMinor <= seenPriceMinor &&
      (units.get(listingId) ?? 0) <= Math.min(quantity, shortOf ?? quantity),
  );
  return areAsSeen && chosen.length === units.size ? chosen : null;
}

/** Keeps all of it aside, listings in the order of their ids, for longer than the payment window. */
async function reserveAll(tx: Tx, group: { id: OrderGroupId; deadline: Date }, units: Units): Promise<boolean> {
  const held = { holder: holderOf(group), expiresAt: heldUntil(group.deadline) };
  for (const [listingId, quantity] of [...units].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (!(await reserve(tx, { listingId, quantity, ...held }))) return false;
  }
  return true;
}

/** Takes what is ordered out of the cart; of an item that is ordered in part the rest stays. */
async function takeOut(tx: Tx, { cart, items }: CartWithItems, units: Units): Promise<void> {
  const left: CartItem[] = [];
  for (const item of items) {
    const ordered = units.get(item.listingId) ?? 0;
    if (ordered === item.quantity) tx.db.remove(item);
    else left.push(Object.assign(item, { quantity: item.quantity - ordered }));
  }
  // What is kept aside for this order is not there for the rest of the cart.
  const rest = { cart, items: left };
  await refreshCart(tx, rest);
  await tellCart(tx, rest, 'ordered');
}

function partsOf(chosen: readonly CartItem[], units: Units): Purchase['parts'] {
  const bySeller = Map.groupBy(chosen, ({ sellerId }) => sellerId);
  return [...bySeller].map(([sellerId, items]) => ({
    sellerId,
    offerId: null,
    lines: items.map(({ listingId, title, priceMinor }) => ({
      listingId,
      title,
      unitPriceMinor: priceMinor,
      quantity: units.get(listingId) ?? 0,
    })),
  }));
}
