import { defineMachine } from '../kernel/machine.ts';

/**
 * Without a media server the host's word starts a stream: `streams.goLive` makes the moves from `scheduled` to `live`
 * at once. A media server's hooks act as `system`: publish starts or resumes, an unpublish interrupts.
 */
export const streamMachine = defineMachine({
  name: 'stream',
  initial: 'scheduled',
  states: ['scheduled', 'ready', 'live', 'interrupted', 'ended', 'recorded'],
  moves: {
    issueKey: [{ from: 'scheduled', by: 'host', to: 'ready' }],
    start: [
      { from: 'ready', by: 'host', to: 'live' },
      { from: 'ready', by: 'system', to: 'live' },
    ],
    interrupt: [{ from: 'live', by: 'system', to: 'interrupted' }],
    resume: [
      { from: 'interrupted', by: 'host', to: 'live' },
      { from: 'interrupted', by: 'system', to: 'live' },
    ],
    end: [
      { from: 'scheduled', by: 'host', to: 'ended' },
      { from: 'ready', by: 'host', to: 'ended' },
      { from: 'live', by: 'host', to: 'ended' },
      { from: 'interrupted', by: 'host', to: 'ended' },
      { from: 'live', by: 'moderator', to: 'ended' },
      { from: 'interrupted', by: 'moderator', to: 'ended' },
      { from: 'live', by: 'system', to: 'ended' },
      { from: 'interrupted', by: 'system', to: 'ended' },
    ],
    record: [{ from: 'ended', by: 'system', to: 'recorded' }],
  },
});

export type StreamState = (typeof streamMachine)['states'][number];
