import { defineMachine } from '../kernel/machine.ts';

/** The money of one order. It resolves once; what comes after is a transfer of its own. */
export const escrowMachine = defineMachine({
  name: 'escrow',
  initial: 'unfunded',
  states: ['unfunded', 'held', 'release_pending', 'frozen', 'split', 'refunded', 'released'],
  moves: {
    fund: [{ from: 'unfunded', by: 'system', to: 'held' }],
    // The order is over, and cash of it has not come in yet.
    await: [{ from: 'held', by: 'system', to: 'release_pending' }],
    release: [
      { from: 'held', by: 'system', to: 'released' },
      { from: 'release_pending', by: 'system', to: 'released' },
    ],
    split: [
      { from: 'held', by: 'system', to: 'split' },
      { from: 'release_pending', by: 'system', to: 'split' },
    ],
    refund: [
      { from: 'unfunded', by: 'system', to: 'refunded' },
      { from: 'held', by: 'system', to: 'refunded' },
      { from: 'release_pending', by: 'system', to: 'refunded' },
    ],
    freeze: [
      { from: 'held', by: 'system', to: 'frozen' },
      { from: 'release_pending', by: 'system', to: 'frozen' },
    ],
    thaw: [{ from: 'frozen', by: 'system', to: 'held' }],
  },
});

export type EscrowState = (typeof escrowMachine)['states'][number];
export type EscrowMove = keyof (typeof escrowMachine)['moves'];
