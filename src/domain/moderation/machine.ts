import { defineMachine } from '../kernel/machine.ts';

/** Whoever claims a report works on it; a claim that was forgotten may be taken over. */
export const reportMachine = defineMachine({
  name: 'report',
  initial: 'open',
  states: ['open', 'in_review', 'resolved', 'dismissed'],
  moves: {
    claim: [
      { from: 'open', by: 'moderator', to: 'in_review' },
      { from: 'in_review', by: 'moderator', to: 'in_review' },
    ],
    resolve: [{ from: 'in_review', by: 'moderator', to: 'resolved' }],
    dismiss: [{ from: 'in_review', by: 'moderator', to: 'dismissed' }],
  },
});

export type ReportState = (typeof reportMachine)['states'][number];
export const pendingStates = ['open', 'in_review'] as const satisfies readonly ReportState[];
export const isPending = (state: ReportState) => pendingStates.some((pending) => pending === state);
