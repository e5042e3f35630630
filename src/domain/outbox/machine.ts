import { defineMachine } from '../kernel/machine.ts';

/**
 * A message on its way out. `sending` is stored before the provider is called; when its claim ends without an answer,
 * nobody knows whether the message left, and the channel's rule decides between trying again and giving up.
 */
export const outgoingMessageMachine = defineMachine({
  name: 'outgoing_message',
  initial: 'queued',
  states: ['queued', 'sending', 'sent', 'failed', 'expired', 'unreachable', 'superseded'],
  moves: {
    claim: [{ from: 'queued', by: 'system', to: 'sending' }],
    // An answer may come when the claim has ended already: what was sent stays sent.
    send: [
      { from: 'sending', by: 'provider', to: 'sent' },
      { from: 'queued', by: 'provider', to: 'sent' },
    ],
    retry: [
      { from: 'sending', by: 'provider', to: 'queued' },
      { from: 'sending', by: 'system', to: 'queued' },
    ],
    refuse: [{ from: 'sending', by: 'provider', to: 'unreachable' }],
    fail: [
      { from: 'sending', by: 'provider', to: 'failed' },
      { from: 'sending', by: 'system', to: 'failed' },
    ],
    expire: [{ from: 'queued', by: 'system', to: 'expired' }],
    supersede: [{ from: 'queued', by: 'system', to: 'superseded' }],
  },
});

export type MessageState = (typeof outgoingMessageMachine)['states'][number];
