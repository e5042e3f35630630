import { z } from 'zod';
import { saleFacts } from '../../catalog/index.ts';
import { defineQuery } from '../../kernel/define.ts';
import { blockedAmong } from '../../trust/index.ts';
import { CartEntity } from '../entities.ts';
import { toldOf } from '../facts.ts';
import { withItems } from '../rows.ts';
import { CartView, cartView, emptyCartView } from '../views.ts';

export const getCart = defineQuery({
  name: 'cart.get',
  access: 'user',
  // What this person's own device has just put in must be there.
  current: true,
  summary: 'Your cart at the prices and stock of this moment, with what has changed since you set each item.',
  input: z.strictObject({}),
  output: CartView,
  errors: [],
  async run({ actor: { userId }, db, sql, port }) {
    const cart = await db.findOne(CartEntity, { userId });
    if (!cart) return emptyCartView(userId);
    const [found] = await withItems(db, [cart]);
    const items = found?.items ?? [];
    const facts = await saleFacts(
      db,
      items.map(({ listingId }) => listingId),
    );
    const blocked = await blockedAmong(sql, userId, [...new Set(items.map(({ sellerId }) => sellerId))]);
    const current = items.map((item) => {
      const known = facts.get(item.listingId);
      const { quantity, sellerId } = item;
      return known ? { ...item, ...toldOf(known, { quantity, isBlocked: blocked.has(sellerId) }) } : item;
    });
    return cartView({ port }, { cart, items: current });
  },
});
