import { notified } from '../../notifications/notified.ts';
import { system } from '../../support/harness.ts';
import type { AreaCases, OperationCases } from '../cases.ts';

const sweep: OperationCases = {
  success: async () => ({ as: system, input: {} }),
  async wrongActor(market) {
    return { as: await market.user({ roles: ['admin'] }), input: {}, error: 'command.unknown' };
  },
};

export const notificationsCases: AreaCases = {
  operations: {
    'notifications.list': { success: async (market) => ({ as: (await notified(market)).person, input: {} }) },
    'notifications.markRead': {
      async success(market) {
        const { person, items } = await notified(market);
        return { as: person, input: { ids: [items[0]!.id] } };
      },
    },
    'notifications.tell': sweep,
    'notifications.digest': sweep,
    'notifications.prune': sweep,
  },
  errors: {},
};
