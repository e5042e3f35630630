import { guest, type Harness } from '../../support/harness.ts';
import { testConnection } from '../../support/transport.ts';
import type { AreaCases } from '../cases.ts';
import { telegramCases } from './identity-telegram.ts';

const password = 'correct horse battery';
const newUsername = () => `u${crypto.randomUUID().replaceAll('-', '').slice(0, 20)}`;

async function registered(market: Harness) {
  const username = newUsername();
  const { user, tokens } = await market.ok(null, 'accounts.register', { username, password, fullName: 'Asha' });
  return { username, user, tokens };
}

const ids = (userId: string, sessionId: string) => ({ userId: userId, sessionId: sessionId });

export const identityCases: AreaCases = {
  operations: {
    ...telegramCases.operations,
    'accounts.register': {
      success: async () => ({ as: guest, input: { username: newUsername(), password, fullName: 'Asha' } }),
    },
    'sessions.login': {
      async success(market) {
        const { username } = await registered(market);
        return { as: guest, input: { identifier: username, password } };
      },
    },
    'sessions.refresh': {
      async success(market) {
        const { tokens } = await registered(market);
        return { as: guest, input: { refreshToken: tokens.refreshToken } };
      },
    },
    'sessions.extend': {
      async success(market) {
        const user = await market.user();
        return { as: user, input: { token: user.token }, meta: { connection: testConnection() } };
      },
      async wrongActor(market) {
        const [user, other] = [await market.user(), await market.user()];
        const meta = { connection: testConnection() };
        return { as: other, input: { token: user.token }, meta, error: 'sessions.token_mismatch' };
      },
    },
    'sessions.logout': { success: async (market) => ({ as: await market.user(), input: {} }) },
    'sessions.revoke': {
      async success(market) {
        const user = await market.user();
        return { as: user, input: { sessionId: user.actor.sessionId } };
      },
      async wrongActor(market) {
        const [user, other] = [await market.user(), await market.user()];
        return { as: other, input: { sessionId: user.actor.sessionId }, error: 'sessions.not_found' };
      },
    },
    'sessions.list': { success: async (market) => ({ as: await market.user(), input: {} }) },
    'users.me': { success: async (market) => ({ as: await market.user(), input: {} }) },
    'users.get': { success: async (market) => ({ as: guest, input: { userId: (await market.user()).id } }) },
    'users.update': { success: async (market) => ({ as: await market.user(), input: { bio: 'I sell chairs' } }) },
  },
  errors: {
    ...telegramCases.errors,
    'accounts.identifier_required': async () => ({
      name: 'accounts.register',
      as: guest,
      input: { password, fullName: 'Asha' },
    }),
    async 'accounts.taken'(market) {
      const { username } = await registered(market);
      const input = { username: username.toUpperCase(), password, fullName: 'Another' };
      return { name: 'accounts.register', as: guest, input };
    },
    async 'sessions.wrong_credentials'(market) {
      const { username } = await registered(market);
      return { name: 'sessions.login', as: guest, input: { identifier: username, password: 'wrong horse' } };
    },
    'sessions.refresh_invalid': async () => ({
      name: 'sessions.refresh',
      as: guest,
      input: { refreshToken: 'never issued' },
    }),
    'sessions.not_found': async (market) => ({
      name: 'sessions.revoke',
      as: await market.user(),
      input: { sessionId: crypto.randomUUID() },
    }),
    async 'sessions.socket_required'(market) {
      const user = await market.user();
      return { name: 'sessions.extend', as: user, input: { token: user.token } };
    },
    async 'sessions.token_mismatch'(market) {
      const user = await market.user();
      const token = market.tokens.signAccess(ids(user.id, crypto.randomUUID()));
      return { name: 'sessions.extend', as: user, input: { token }, meta: { connection: testConnection() } };
    },
    'users.not_found': async () => ({ name: 'users.get', as: guest, input: { userId: crypto.randomUUID() } }),
  },
};
