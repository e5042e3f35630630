import { defineMachine } from '../kernel/machine.ts';

/** Without the seller's answer it expires into a dispute. */
export const refundRequestMachine = defineMachine({
  name: 'refund_request',
  initial: 'requested',
  states: ['requested', 'approved', 'denied', 'withdrawn', 'expired'],
  moves: {
    approve: [
      { from: 'requested', by: 'seller', to: 'approved' },
      { from: 'requested', by: 'staff', to: 'approved' },
    ],
    deny: [
      { from: 'requested', by: 'seller', to: 'denied' },
      { from: 'requested', by: 'staff', to: 'denied' },
    ],
    withdraw: [{ from: 'requested', by: 'buyer', to: 'withdrawn' }],
    expire: [{ from: 'requested', by: 'system', to: 'expired' }],
  },
});

/** The seller answers or lets the time pass, then a moderator decides; the seller may give in until then. */
export const disputeMachine = defineMachine({
  name: 'dispute',
  initial: 'open',
  states: [
    'open',
    'awaiting_other',
    'under_review',
    'resolved_buyer',
    'resolved_seller',
    'resolved_split',
    'withdrawn',
  ],
  moves: {
    // Within the command that opens it.
    ask: [{ from: 'open', by: 'system', to: 'awaiting_other' }],
    respond: [{ from: 'awaiting_other', by: 'seller', to: 'under_review' }],
    concede: [
      { from: 'awaiting_other', by: 'seller', to: 'resolved_buyer' },
      { from: 'under_review', by: 'seller', to: 'resolved_buyer' },
    ],
    lapse: [{ from: 'awaiting_other', by: 'system', to: 'under_review' }],
    withdraw: [
      { from: 'awaiting_other', by: 'buyer', to: 'withdrawn' },
      { from: 'under_review', by: 'buyer', to: 'withdrawn' },
    ],
    // The bank has given the buyer all of the money.
    overtake: [
      { from: 'awaiting_other', by: 'system', to: 'resolved_buyer' },
      { from: 'under_review', by: 'system', to: 'resolved_buyer' },
    ],
    claim: [{ from: 'under_review', by: 'moderator', to: 'under_review' }],
    resolveToBuyer: [{ from: 'under_review', by: 'moderator', to: 'resolved_buyer' }],
    resolveToSeller: [{ from: 'under_review', by: 'moderator', to: 'resolved_seller' }],
    split: [{ from: 'under_review', by: 'moderator', to: 'resolved_split' }],
  },
});

export type RefundRequestState = (typeof refundRequestMachine)['states'][number];
export type DisputeState = (typeof disputeMachine)['states'][number];
export type DisputeMove = keyof (typeof disputeMachine)['moves'];
/** Not decided yet. */
export const openDisputeStates = ['open', 'awaiting_other', 'under_review'] as const satisfies readonly DisputeState[];
