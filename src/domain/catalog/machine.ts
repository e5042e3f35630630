import { defineMachine } from '../kernel/machine.ts';

/** Stock, not time, ends a sale: the last unit moves a listing to `sold_out`, a returned one brings it back. */
export const listingMachine = defineMachine({
  name: 'listing',
  initial: 'draft',
  states: ['draft', 'active', 'paused', 'sold_out', 'removed'],
  moves: {
    publish: [
      { from: 'draft', by: 'seller', to: 'active' },
      { from: 'paused', by: 'seller', to: 'active' },
    ],
    pause: [{ from: 'active', by: 'seller', to: 'paused' }],
    sellOut: [
      { from: 'active', by: 'system', to: 'sold_out' },
      { from: 'paused', by: 'system', to: 'sold_out' },
    ],
    restock: [{ from: 'sold_out', by: 'system', to: 'active' }],
    remove: [
      { from: 'draft', by: 'seller', to: 'removed' },
      { from: 'active', by: 'seller', to: 'removed' },
      { from: 'paused', by: 'seller', to: 'removed' },
      { from: 'sold_out', by: 'seller', to: 'removed' },
    ],
  },
});

export type ListingState = (typeof listingMachine)['states'][number];
