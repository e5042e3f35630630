import { z } from 'zod';
import { defineCommand, defineSweep } from '../../kernel/define.ts';
import { claimBlockChanges } from '../../trust/index.ts';
import { CartItemEntity } from '../entities.ts';
import { cartChanged } from '../events.ts';
import { refreshCart } from '../refreshing.ts';
import { lockCarts, tellCarts } from '../rows.ts';
import { cartRules } from '../rules.ts';
import type { CartWithItems } from '../views.ts';

/** Two carts for each: a batch tells no more people than a listing's change does. */
const batch = cartRules.toldAtOnceMax / 2;

export const followBlocks = defineCommand({
  name: 'cart.followBlocks',
  access: 'system',
  summary: 'Tell people that they cannot buy what is in their cart any more, or can again, because of a block.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  emits: [cartChanged],
  async run({ tx }) {
    const changes = await claimBlockChanges(tx, batch);
    if (changes.length === 0) return { swept: 0 };
    const pairs = changes.flatMap(({ one, other }) => [
      { userId: one, sellerId: other },
      { userId: other, sellerId: one },
    ]);
    const items = await tx.db.find(CartItemEntity, { $or: pairs });
    const changed: CartWithItems[] = [];
    for (const found of await lockCarts(tx, [...new Set(items.map(({ userId }) => userId))])) {
      if (await refreshCart(tx, found)) changed.push(found);
    }
    await tellCarts(tx, changed, 'listing_changed');
    return { swept: changes.length };
  },
});

export const followBlocksJob = defineSweep({
  name: 'cart.followBlocks',
  everySeconds: 2,
  summary: followBlocks.summary,
  command: followBlocks,
  batch,
});
