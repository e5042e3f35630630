import { defineArea } from '../kernel/define.ts';
import { checkoutCart } from './commands/checkout.ts';
import { clearCart } from './commands/clear.ts';
import { followBlocks, followBlocksJob } from './commands/follow-blocks.ts';
import { followUpListings, followUpListingsJob } from './commands/follow-up.ts';
import { setItem } from './commands/set-item.ts';
import { CartEntity, CartItemEntity } from './entities.ts';
import { cartErrors } from './errors.ts';
import { cartChanged } from './events.ts';
import { cartPersonal } from './personal.ts';
import { getCart } from './queries/get.ts';
import { cartSnapshot } from './snapshot.ts';

export const cart = defineArea({
  name: 'cart',
  operations: [getCart, setItem, clearCart, checkoutCart, followUpListings, followBlocks],
  errors: cartErrors,
  events: [cartChanged],
  jobs: [followUpListingsJob, followBlocksJob],
  snapshots: [cartSnapshot],
  personal: cartPersonal,
  entities: [CartEntity, CartItemEntity],
});
