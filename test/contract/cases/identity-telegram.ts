import { telegramPort } from '../../../src/domain/identity/index.ts';
import { guest, type Harness, type TestUser } from '../../support/harness.ts';
import { newTelegramId, signInitData } from '../../support/telegram.ts';
import type { AreaCases, Call } from '../cases.ts';

/** Somebody who came through Telegram, and may or may not have another way in. */
async function fromTelegram(market: Harness): Promise<TestUser> {
  const { tokens } = await market.ok(null, 'sessions.telegram', { initData: signInitData() });
  const claims = market.tokens.verifyAccess(tokens.accessToken);
  if (typeof claims === 'string') throw new Error(claims);
  const { userId, sessionId, expiresAt } = claims;
  const actor = { kind: 'user', userId, sessionId, roles: [], tokenExpiresAt: expiresAt } as const;
  return { id: userId, actor, token: tokens.accessToken };
}

async function linked(market: Harness): Promise<TestUser> {
  const user = await market.user();
  const sql = `update account set email_verified_at = now() where id = '${user.id}'`;
  await market.database.orm.em.getConnection().execute(sql);
  await market.ok(user, 'accounts.linkTelegram', { initData: signInitData() });
  return user;
}

/** A market without a bot, for the next one who asks for it. */
async function withoutBot(market: Harness): Promise<Call & { name: string }> {
  const settings = market.ports.get(telegramPort);
  market.ports.bind(telegramPort, {
    ...settings,
    get bot() {
      market.ports.bind(telegramPort, settings);
      return null;
    },
  });
  return { name: 'sessions.telegram', as: guest, input: { initData: signInitData() } };
}

export const telegramCases: AreaCases = {
  operations: {
    'sessions.telegram': { success: async () => ({ as: guest, input: { initData: signInitData() } }) },
    'accounts.linkTelegram': {
      success: async (market) => ({ as: await market.user(), input: { initData: signInitData() } }),
    },
    'accounts.unlinkTelegram': { success: async (market) => ({ as: await linked(market), input: {} }) },
  },
  errors: {
    'sessions.telegram_off': withoutBot,
    async 'accounts.telegram_taken'(market) {
      const user = { id: newTelegramId() };
      await market.ok(null, 'sessions.telegram', { initData: signInitData({ user }) });
      const input = { initData: signInitData({ user }) };
      return { name: 'accounts.linkTelegram', as: await market.user(), input };
    },
    async 'accounts.telegram_linked'(market) {
      return { name: 'accounts.linkTelegram', as: await linked(market), input: { initData: signInitData() } };
    },
    async 'accounts.last_way_in'(market) {
      return { name: 'accounts.unlinkTelegram', as: await fromTelegram(market), input: {} };
    },
  },
};
