import { z } from 'zod';
import { defineEvent } from '../kernel/define.ts';
import { CartView } from './views.ts';

/** `listing_changed`: what the person did not do themselves; the items tell what is different. */
const cartChangeKinds = ['item_set', 'item_removed', 'cleared', 'listing_changed', 'ordered'] as const;
export type CartChangeKind = (typeof cartChangeKinds)[number];

export const cartChanged = defineEvent({
  type: 'cart.changed',
  entity: 'cart',
  view: CartView,
  change: z.object({ kind: z.enum(cartChangeKinds) }),
});
