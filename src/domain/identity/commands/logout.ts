import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { SessionEntity } from '../entities.ts';
import { revokeSession } from '../sessions.ts';

export const logout = defineCommand({
  name: 'sessions.logout',
  access: 'user',
  summary: 'End the current session and close its sockets.',
  input: z.strictObject({}),
  output: z.object({}),
  errors: [],
  async run({ actor, tx }) {
    const session = await tx.db.findOneOrFail(SessionEntity, { id: actor.sessionId });
    await revokeSession(tx, session, 'logged out');
    return {};
  },
});
