import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { AccountEntity, RefreshTokenEntity, SessionEntity } from '../entities.ts';
import { isRepeat, openSession, rotateTokens } from '../sessions.ts';
import { accountOf } from '../telegram/account.ts';
import { checkInitData, findExchange, lockTelegramUser, noteExchange } from '../telegram/exchange.ts';
import { InitData } from '../telegram/init-data.ts';
import { hashRefreshToken } from '../tokens.ts';
import { ownUserView, SignedInView } from '../views.ts';

export const telegramLogin = defineCommand({
  name: 'sessions.telegram',
  access: 'guest',
  ratePerMinute: 60,
  summary: 'Sign in from a Telegram Mini App; the first time makes an account. Each initData opens one session.',
  input: z.strictObject({ initData: InitData }),
  output: SignedInView,
  errors: ['sessions.telegram_off'],
  prepare: (context) => checkInitData(context),
  async run({ prepared: verified, tx, meta, fail }) {
    await lockTelegramUser(tx, verified);
    const before = await findExchange(tx, verified);
    if (before) {
      const session = await tx.db.findOneOrFail(
        SessionEntity,
        { id: before.sessionId },
        { lockMode: LockMode.PESSIMISTIC_WRITE },
      );
      const account = await tx.db.findOneOrFail(AccountEntity, { id: session.userId });
      // It was used to link an account, or to come into one that has another Telegram account by now.
      const isTheirs = account.telegramId === String(verified.user.id) && !account.deletedAt;
      const isAgain = await isRepeat(tx, { session, since: before.exchangedAt }, meta);
      const isOver = session.revokedAt !== null || session.expiresAt <= (await tx.now());
      if (!isTheirs || !isAgain || isOver) fail('auth.invalid');
      if (account.suspendedAt) fail('auth.suspended');
      return { user: ownUserView(account), tokens: await rotateTokens(tx, session, meta) };
    }
    const account = await accountOf(tx, verified.user);
    if (account.deletedAt) fail('auth.invalid');
    if (account.suspendedAt) fail('auth.suspended');
    const signedIn = await openSession(tx, account, meta);
    const { sessionId } = await tx.db.findOneOrFail(RefreshTokenEntity, {
      hash: hashRefreshToken(signedIn.tokens.refreshToken),
    });
    await noteExchange(tx, verified, sessionId);
    return signedIn;
  },
});
