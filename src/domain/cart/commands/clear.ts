import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { cartChanged } from '../events.ts';
import { lockCart, tellCart } from '../rows.ts';
import { CartView, cartView, emptyCartView } from '../views.ts';

export const clearCart = defineCommand({
  name: 'cart.clear',
  access: 'user',
  summary: 'Take everything out of your cart.',
  input: z.strictObject({}),
  output: CartView,
  errors: [],
  emits: [cartChanged],
  async run({ actor: { userId }, tx }) {
    const found = await lockCart(tx, userId);
    if (!found) return emptyCartView(userId);
    if (found.items.length === 0) return cartView(tx, found);
    for (const item of found.items) tx.db.remove(item);
    return tellCart(tx, { cart: found.cart, items: [] }, 'cleared');
  },
});
