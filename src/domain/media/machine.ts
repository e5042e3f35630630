import { defineMachine } from '../kernel/machine.ts';

export const uploadMachine = defineMachine({
  name: 'upload',
  initial: 'pending',
  states: ['pending', 'confirmed', 'ready', 'rejected', 'expired'],
  moves: {
    confirm: [{ from: 'pending', by: 'owner', to: 'confirmed' }],
    expire: [{ from: 'pending', by: 'system', to: 'expired' }],
    finish: [{ from: 'confirmed', by: 'system', to: 'ready' }],
    reject: [{ from: 'confirmed', by: 'system', to: 'rejected' }],
  },
});

export type UploadState = (typeof uploadMachine)['states'][number];
