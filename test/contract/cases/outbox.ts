import { system } from '../../support/harness.ts';
import type { AreaCases, OperationCases } from '../cases.ts';

function bySystem(input: Record<string, unknown>): OperationCases {
  return {
    success: async () => ({ as: system, input }),
    async wrongActor(market) {
      return { as: await market.user({ roles: ['admin'] }), input, error: 'command.unknown' };
    },
  };
}

export const outboxCases: AreaCases = {
  operations: {
    'outbox.claim': bySystem({ channel: 'email' }),
    'outbox.record': bySystem({ messageId: crypto.randomUUID(), attempt: 1, outcome: { kind: 'sent' } }),
    'outbox.prune': bySystem({}),
  },
  errors: {},
};
