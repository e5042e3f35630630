import { defineMachine } from '../kernel/machine.ts';

/**
 * Money on its way to a person. A provider that does not answer leaves it `processing`: it is asked until it tells.
 * What was paid can still come back.
 */
export const payoutMachine = defineMachine({
  name: 'payout',
  initial: 'pending',
  states: ['pending', 'processing', 'paid', 'failed', 'cancelled'],
  moves: {
    // To the wallet, where there is no other destination.
    credit: [{ from: 'pending', by: 'system', to: 'paid' }],
    send: [{ from: 'pending', by: 'system', to: 'processing' }],
    pay: [{ from: 'processing', by: 'provider', to: 'paid' }],
    fail: [
      { from: 'processing', by: 'provider', to: 'failed' },
      { from: 'paid', by: 'provider', to: 'failed' },
    ],
    cancel: [{ from: 'pending', by: 'staff', to: 'cancelled' }],
  },
});

export type PayoutState = (typeof payoutMachine)['states'][number];
export type PayoutMove = keyof (typeof payoutMachine)['moves'];
