import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { SessionId } from '../../kernel/ids.ts';
import { SessionEntity } from '../entities.ts';
import { revokeAll, revokeSession } from '../sessions.ts';

export const revoke = defineCommand({
  name: 'sessions.revoke',
  access: 'user',
  summary: 'End one of your sessions and close its sockets on every node.',
  input: z.strictObject({ sessionId: SessionId }),
  output: z.object({}),
  errors: ['sessions.not_found'],
  async run({ input, actor, tx, fail }) {
    const session = await tx.db.findOne(SessionEntity, { id: input.sessionId, userId: actor.userId, revokedAt: null });
    if (!session) return fail('sessions.not_found');
    await revokeSession(tx, session, 'revoked');
    return {};
  },
});

export const revokeOthers = defineCommand({
  name: 'sessions.revokeOthers',
  access: 'user',
  summary: 'End all your sessions but this one and close their sockets on every node.',
  input: z.strictObject({}),
  output: z.object({ revoked: z.int() }),
  errors: [],
  async run({ actor, tx }) {
    const { userId, sessionId: exceptSessionId } = actor;
    return { revoked: await revokeAll(tx, userId, { reason: 'revoked', exceptSessionId }) };
  },
});
