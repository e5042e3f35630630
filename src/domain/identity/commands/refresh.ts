import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { RefreshTokenEntity, SessionEntity } from '../entities.ts';
import { issueTokens, revokeSession } from '../sessions.ts';
import { hashRefreshToken, tokensPort } from '../tokens.ts';
import { TokensView } from '../views.ts';

export const refresh = defineCommand({
  name: 'sessions.refresh',
  access: 'guest',
  ratePerMinute: 60,
  summary: 'Trade a refresh token for new tokens. Using an old one again revokes the whole session.',
  input: z.strictObject({ refreshToken: z.string().min(1).max(200) }),
  output: z.object({ tokens: TokensView }),
  errors: ['sessions.refresh_invalid'],
  async run({ input, tx, fail, failKeeping }) {
    const token = await tx.db.findOne(
      RefreshTokenEntity,
      { hash: hashRefreshToken(input.refreshToken) },
      { lockMode: LockMode.PESSIMISTIC_WRITE },
    );
    if (!token) return fail('sessions.refresh_invalid');
    const session = await tx.db.findOneOrFail(SessionEntity, { id: token.sessionId });
    const now = await tx.now();
    if (session.revokedAt || session.expiresAt <= now) fail('sessions.refresh_invalid');
    if (token.usedAt) {
      // Two holders of one token: one of them is a thief, and nobody can tell which.
      await revokeSession(tx, session, 'refresh token reused');
      failKeeping('sessions.refresh_invalid');
    }
    token.usedAt = now;
    session.refreshedAt = now;
    session.expiresAt = new Date(now.getTime() + tx.port(tokensPort).refreshTtlMs);
    return { tokens: await issueTokens(tx, session) };
  },
});
