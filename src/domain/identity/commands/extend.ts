import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { tokensPort } from '../tokens.ts';

export const extend = defineQuery({
  name: 'sessions.extend',
  access: 'user',
  summary: 'Keep a live socket open past the expiry of its token by showing a fresh one of the same session.',
  input: z.strictObject({ token: z.string().min(1).max(4_096) }),
  output: z.object({ expiresAt: Timestamp }),
  errors: ['sessions.socket_required', 'sessions.token_mismatch'],
  async run({ input, actor, port, meta, fail }) {
    const claims = port(tokensPort).verifyAccess(input.token);
    if (typeof claims === 'string') return fail(claims);
    if (claims.userId !== actor.userId || claims.sessionId !== actor.sessionId) fail('sessions.token_mismatch');
    if (!meta.connection) return fail('sessions.socket_required');
    meta.connection.extend(claims.expiresAt);
    return { expiresAt: iso(new Date(claims.expiresAt)) };
  },
});
