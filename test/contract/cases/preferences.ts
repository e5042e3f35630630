import { system } from '../../support/harness.ts';
import { unsubscribeUrl, preferenceSettingsPort } from '../../../src/domain/preferences/index.ts';
import { appDevice } from '../../preferences/devices.ts';
import type { AreaCases } from '../cases.ts';

export const preferencesCases: AreaCases = {
  operations: {
    'devices.register': {
      success: async (market) => ({ as: await market.user(), input: appDevice() }),
    },
    'devices.remove': {
      async success(market) {
        const user = await market.user();
        const { id: deviceId } = await market.ok(user, 'devices.register', appDevice());
        return { as: user, input: { deviceId } };
      },
      async wrongActor(market) {
        const { id: deviceId } = await market.ok(await market.user(), 'devices.register', appDevice());
        return { as: await market.user(), input: { deviceId }, error: 'devices.not_found' };
      },
    },
    'devices.list': { success: async (market) => ({ as: await market.user(), input: {} }) },
    'devices.prune': {
      success: async () => ({ as: system, input: {} }),
      async wrongActor(market) {
        return { as: await market.user({ roles: ['admin'] }), input: {}, error: 'command.unknown' };
      },
    },
    'preferences.get': { success: async (market) => ({ as: await market.user(), input: {} }) },
    'preferences.unsubscribe': {
      async success(market) {
        const { unsubscribe } = market.ports.get(preferenceSettingsPort);
        const url = new URL(unsubscribeUrl(unsubscribe, (await market.user()).id, 'orders'));
        return { as: null, input: { token: url.searchParams.get('token') } };
      },
    },
    'preferences.update': {
      async success(market) {
        const input = {
          channels: { messages: { email: true } },
          frequency: 'daily',
          quietHours: { from: '22:00', to: '07:30' },
          timezone: 'Africa/Nairobi',
          cities: ['Nairobi'],
        };
        return { as: await market.user(), input };
      },
    },
  },
  errors: {
    'preferences.bad_token': async () => ({ name: 'preferences.unsubscribe', as: null, input: { token: 'a.b.c' } }),
    'devices.not_found': async (market) => ({
      name: 'devices.remove',
      as: await market.user(),
      input: { deviceId: crypto.randomUUID() },
    }),
    'devices.bad_token': async (market) => ({
      name: 'devices.register',
      as: await market.user(),
      input: { platform: 'web', pushToken: JSON.stringify({ endpoint: 'http://169.254.169.254/', keys: {} }) },
    }),
  },
};
