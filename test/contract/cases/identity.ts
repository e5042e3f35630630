import { openBank, paid } from '../../payments/bank.ts';
import { codeTo, goodPassword as password, newEmail, otherThan, signUp, tokenTo } from '../../identity/mailbox.ts';
import { guest, system, type Harness } from '../../support/harness.ts';
import { testConnection } from '../../support/transport.ts';
import type { AreaCases } from '../cases.ts';
import { telegramCases } from './identity-telegram.ts';

const newUsername = () => `u${crypto.randomUUID().replaceAll('-', '').slice(0, 20)}`;

async function registered(market: Harness) {
  const username = newUsername();
  const { user, tokens } = await market.ok(null, 'accounts.register', { username, password, fullName: 'Asha' });
  return { username, user, tokens };
}

const admin = (market: Harness) => market.user({ roles: ['admin'] });
const newPassword = 'a quite different horse';

/** A call of an admin about somebody. */
async function about(market: Harness, extra: Record<string, unknown> = {}) {
  return { as: await admin(market), input: { userId: (await market.user()).id, ...extra } };
}

async function aboutOneself(market: Harness, extra: Record<string, unknown> = {}) {
  const as = await admin(market);
  return { as, input: { userId: as.id, ...extra } };
}

async function codeSent(market: Harness) {
  const email = newEmail();
  const as = await market.user();
  await market.ok(as, 'otp.send', { email });
  return { as, email, code: await codeTo(market, email) };
}

async function throttled(market: Harness) {
  const identifier = newUsername();
  for (let tries = 0; tries < 5; tries += 1) await market.call(null, 'sessions.login', { identifier, password });
  return { name: 'sessions.login', as: guest, input: { identifier, password } };
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
    'sessions.revokeOthers': { success: async (market) => ({ as: await market.user(), input: {} }) },
    'sessions.prune': { success: async () => ({ as: system, input: {} }) },
    'otp.send': { success: async () => ({ as: guest, input: { email: newEmail() } }) },
    'otp.verify': {
      async success(market) {
        const { as, email, code } = await codeSent(market);
        return { as, input: { email, code } };
      },
      async wrongActor(market) {
        // A try at the code of somebody else leaves no trace: there is no code of one's own to count it at.
        const { email, code } = await codeSent(market);
        return { as: await market.user(), input: { email, code }, error: 'otp.invalid' };
      },
    },
    'passwords.forgot': { success: async () => ({ as: guest, input: { identifier: newEmail() } }) },
    'passwords.reset': {
      async success(market) {
        const { email } = await signUp(market);
        await market.ok(null, 'passwords.forgot', { identifier: email });
        return { as: guest, input: { token: await tokenTo(market, email), newPassword } };
      },
    },
    'passwords.change': {
      async success(market) {
        const { actor } = await signUp(market);
        return { as: actor, input: { currentPassword: password, newPassword } };
      },
    },
    'users.deleteAccount': { success: async (market) => ({ as: await market.user(), input: {} }) },
    'users.exportData': { success: async (market) => ({ as: await market.user(), input: {} }) },
    'contacts.match': {
      success: async (market) => ({ as: await market.user(), input: { emailHashes: ['0'.repeat(64)] } }),
    },
    'users.list': { success: async (market) => ({ as: await admin(market), input: {} }) },
    'users.create': {
      success: async (market) => ({ as: await admin(market), input: { email: newEmail(), fullName: 'Juma' } }),
    },
    'users.setRoles': {
      success: (market) => about(market, { roles: ['moderator'] }),
      wrongActor: async (market) => ({ ...(await aboutOneself(market, { roles: [] })), error: 'users.yourself' }),
    },
    'users.suspend': {
      success: (market) => about(market, { reason: 'fraud' }),
      wrongActor: async (market) => ({ ...(await aboutOneself(market, { reason: 'a' })), error: 'users.yourself' }),
    },
    'users.unsuspend': {
      async success(market) {
        const call = await about(market);
        await market.ok(call.as, 'users.suspend', { ...call.input, reason: 'fraud' });
        return call;
      },
    },
    'users.remove': {
      success: (market) => about(market, { reason: 'asked by letter' }),
      wrongActor: async (market) => ({ ...(await aboutOneself(market, { reason: 'a' })), error: 'users.yourself' }),
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
    'passwords.too_common': async () => ({
      name: 'accounts.register',
      as: guest,
      input: { username: newUsername(), password: 'password123', fullName: 'Asha' },
    }),
    'passwords.personal': async () => ({
      name: 'accounts.register',
      as: guest,
      input: { username: 'asha_of_mombasa', password: 'Asha_of_Mombasa', fullName: 'Asha' },
    }),
    async 'otp.too_many_sends'(market) {
      const input = { email: newEmail() };
      for (let sends = 0; sends < 3; sends += 1) await market.ok(null, 'otp.send', input);
      return { name: 'otp.send', as: guest, input };
    },
    async 'otp.invalid'(market) {
      const { as, email, code } = await codeSent(market);
      return { name: 'otp.verify', as, input: { email, code: otherThan(code) } };
    },
    'sessions.throttled': throttled,
    async 'passwords.wrong'(market) {
      const { actor } = await signUp(market);
      return { name: 'passwords.change', as: actor, input: { currentPassword: 'a wrong one', newPassword } };
    },
    'passwords.reset_invalid': async () => ({
      name: 'passwords.reset',
      as: guest,
      input: { token: 'never sent', newPassword },
    }),
    async 'contacts.too_many'(market) {
      const as = await market.user();
      const hashes = (from: number) =>
        Array.from({ length: 1_000 }, (_, index) => String(from + index).padStart(64, '0'));
      for (let calls = 0; calls < 5; calls += 1) {
        await market.ok(as, 'contacts.match', { emailHashes: hashes(calls * 1_000) });
      }
      return { name: 'contacts.match', as, input: { emailHashes: ['0'.repeat(64)] } };
    },
    async 'users.not_proven'(market) {
      const { actor } = await signUp(market);
      return { name: 'users.deleteAccount', as: actor, input: { password: 'a wrong one' } };
    },
    async 'users.has_open_orders'(market) {
      const { buyer } = await paid(market, openBank(market));
      return { name: 'users.deleteAccount', as: buyer, input: {} };
    },
    async 'users.last_admin'(market) {
      await market.database.sql.updateTable('account').set({ roles: '{}' }).execute();
      return { name: 'users.deleteAccount', as: await admin(market), input: {} };
    },
    async 'users.yourself'(market) {
      return { name: 'users.setRoles', ...(await aboutOneself(market, { roles: [] })) };
    },
    async 'users.wrong_state'(market) {
      return { name: 'users.unsuspend', ...(await about(market)) };
    },
    async 'users.export_throttled'(market) {
      const as = await market.user();
      for (let calls = 0; calls < 2; calls += 1) await market.ok(as, 'users.exportData');
      return { name: 'users.exportData', as, input: {} };
    },
    'users.not_found': async () => ({ name: 'users.get', as: guest, input: { userId: crypto.randomUUID() } }),
  },
};
