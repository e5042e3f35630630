import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { AccountEntity, RefreshTokenEntity, SessionEntity } from '../entities.ts';
import { answerWith, issueTokens, revokeSession, successorOf } from '../sessions.ts';
import { identityLimits } from '../settings.ts';
import { hashRefreshToken, tokensPort } from '../tokens.ts';
import { TokensView } from '../views.ts';

const lock = { lockMode: LockMode.PESSIMISTIC_WRITE };

export const refresh = defineCommand({
  name: 'sessions.refresh',
  access: 'guest',
  ratePerMinute: 60,
  summary:
    'Trade a refresh token for new tokens. Repeated within 30 s it gives the same one again; used later, an old ' +
    'token revokes the whole session.',
  input: z.strictObject({ refreshToken: z.string().min(1).max(200) }),
  output: z.object({ tokens: TokensView }),
  errors: ['sessions.refresh_invalid'],
  async run({ input: { refreshToken }, tx, fail, failKeeping }) {
    const token = await tx.db.findOne(RefreshTokenEntity, { hash: hashRefreshToken(refreshToken) }, lock);
    if (!token) return fail('sessions.refresh_invalid');
    const session = await tx.db.findOneOrFail(SessionEntity, { id: token.sessionId });
    const now = await tx.now();
    if (session.revokedAt || session.expiresAt <= now) fail('sessions.refresh_invalid');
    const next = successorOf(tx, refreshToken);
    if (token.usedAt) {
      const isRepeat = now.getTime() - token.usedAt.getTime() <= identityLimits.refreshRepeatMs;
      if (isRepeat && (await isUnused(tx, next))) return { tokens: answerWith(tx, session, next) };
      // Two holders of one token: one of them is a thief, and nobody can tell which.
      await revokeSession(tx, session, 'refresh token reused');
      failKeeping('sessions.refresh_invalid');
    }
    const account = await tx.db.findOneOrFail(AccountEntity, { id: session.userId });
    if (account.suspendedAt) fail('auth.suspended');
    token.usedAt = now;
    session.refreshedAt = now;
    session.expiresAt = new Date(now.getTime() + tx.port(tokensPort).refreshTtlMs);
    return { tokens: await issueTokens(tx, session, next) };
  },
});

async function isUnused(tx: Tx, refreshToken: string): Promise<boolean> {
  const token = await tx.db.findOne(RefreshTokenEntity, { hash: hashRefreshToken(refreshToken) });
  return token !== null && !token.usedAt;
}
