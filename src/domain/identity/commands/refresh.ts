import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { AccountEntity, RefreshTokenEntity, SessionEntity } from '../entities.ts';
import { isRepeat, issueTokens, revokeSession, rotateTokens } from '../sessions.ts';
import { hashRefreshToken } from '../tokens.ts';
import { TokensView } from '../views.ts';

/**
 * Refresh tokens rotate (RFC 9700, section 4.14.2). Each use of a token of the newest generation begins the next one.
 * One of the generation before may come again within a minute, from the same device: two tabs that refresh at once, or
 * an answer that was lost. It gets a sibling of the token that the first call got. As soon as one sibling is used, the
 * others are of a generation before, so a thief who got one, or took a token and used it first, is found out by the
 * next rotation of either side, and both are sent away.
 */
export const refresh = defineCommand({
  name: 'sessions.refresh',
  access: 'guest',
  ratePerMinute: 60,
  summary:
    'Trade a refresh token for new tokens. The same device may repeat it within a minute, where the answer was lost; ' +
    'any other use of an old token revokes the whole session.',
  input: z.strictObject({ refreshToken: z.string().min(1).max(200) }),
  output: z.object({ tokens: TokensView }),
  errors: ['sessions.refresh_invalid'],
  async run({ input, tx, meta, fail, failKeeping }) {
    const token = await tx.db.findOne(RefreshTokenEntity, { hash: hashRefreshToken(input.refreshToken) });
    if (!token) return fail('sessions.refresh_invalid');
    const session = await tx.db.findOneOrFail(
      SessionEntity,
      { id: token.sessionId },
      { lockMode: LockMode.PESSIMISTIC_WRITE },
    );
    const now = await tx.now();
    if (session.revokedAt || session.expiresAt <= now) fail('sessions.refresh_invalid');
    const account = await tx.db.findOneOrFail(AccountEntity, { id: session.userId });
    if (account.deletedAt) fail('sessions.refresh_invalid');
    if (account.suspendedAt) fail('auth.suspended');
    const isSpent = token.usedAt !== null;
    token.usedAt ??= now;
    const behind = session.generation - token.generation;
    if (behind === 0 && !isSpent) return { tokens: await rotateTokens(tx, session, meta) };
    const isAgain = behind === 1 && (await isRepeat(tx, { session, since: session.refreshedAt }, meta));
    if (isAgain) return { tokens: await issueTokens(tx, session) };
    // Two holders of one token: one of them is a thief, and nobody can tell which.
    await revokeSession(tx, session, 'refresh token reused');
    return failKeeping('sessions.refresh_invalid');
  },
});
