import { defineMachine } from '../kernel/machine.ts';

/** Once. Whether moderators have hidden a revealed review is another matter: `hiddenReason`. */
export const reviewMachine = defineMachine({
  name: 'review',
  initial: 'sealed',
  states: ['sealed', 'revealed'],
  moves: {
    reveal: [{ from: 'sealed', by: 'system', to: 'revealed' }],
  },
});

export type ReviewState = (typeof reviewMachine)['states'][number];
