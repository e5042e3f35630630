import { defineMachine } from '../kernel/machine.ts';

/**
 * What a payer's bank does, with Stripe's statuses; a warning is an inquiry that has taken no money. Messages come
 * twice, late and in any order, so it only moves on, and what is won, lost or closed stays so.
 */
export const chargebackMachine = defineMachine({
  name: 'chargeback',
  initial: 'warning_needs_response',
  states: [
    'warning_needs_response',
    'warning_under_review',
    'warning_closed',
    'needs_response',
    'under_review',
    'won',
    'lost',
  ],
  moves: {
    reviewWarning: [{ from: 'warning_needs_response', by: 'provider', to: 'warning_under_review' }],
    closeWarning: [
      { from: 'warning_needs_response', by: 'provider', to: 'warning_closed' },
      { from: 'warning_under_review', by: 'provider', to: 'warning_closed' },
    ],
    dispute: [
      { from: 'warning_needs_response', by: 'provider', to: 'needs_response' },
      { from: 'warning_under_review', by: 'provider', to: 'needs_response' },
    ],
    review: [
      { from: 'warning_needs_response', by: 'provider', to: 'under_review' },
      { from: 'warning_under_review', by: 'provider', to: 'under_review' },
      { from: 'needs_response', by: 'provider', to: 'under_review' },
    ],
    win: [
      { from: 'warning_needs_response', by: 'provider', to: 'won' },
      { from: 'warning_under_review', by: 'provider', to: 'won' },
      { from: 'needs_response', by: 'provider', to: 'won' },
      { from: 'under_review', by: 'provider', to: 'won' },
    ],
    lose: [
      { from: 'warning_needs_response', by: 'provider', to: 'lost' },
      { from: 'warning_under_review', by: 'provider', to: 'lost' },
      { from: 'needs_response', by: 'provider', to: 'lost' },
      { from: 'under_review', by: 'provider', to: 'lost' },
    ],
  },
});

export type ChargebackState = (typeof chargebackMachine)['states'][number];
export type ChargebackMove = keyof (typeof chargebackMachine)['moves'];

/** The move to a state, where there is one. */
export const moveTo: Readonly<Record<ChargebackState, ChargebackMove | null>> = {
  warning_needs_response: null,
  warning_under_review: 'reviewWarning',
  warning_closed: 'closeWarning',
  needs_response: 'dispute',
  under_review: 'review',
  won: 'win',
  lost: 'lose',
};

/** The bank has not decided: evidence counts, and money may still move. */
export const undecidedStates = [
  'warning_needs_response',
  'warning_under_review',
  'needs_response',
  'under_review',
] as const satisfies readonly ChargebackState[];
export const isDecided = (state: ChargebackState) => !undecidedStates.some((undecided) => undecided === state);
