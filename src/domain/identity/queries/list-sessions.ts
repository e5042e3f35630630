import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { SessionEntity } from '../entities.ts';
import { SessionView, sessionView } from '../views.ts';

export const listSessions = defineQuery({
  name: 'sessions.list',
  access: 'user',
  summary: 'Your open sessions, newest first.',
  input: z.strictObject({}),
  output: z.object({ items: z.array(SessionView) }),
  errors: [],
  async run({ actor, db, now }) {
    const sessions = await db.find(
      SessionEntity,
      { userId: actor.userId, revokedAt: null, expiresAt: { $gt: await now() } },
      { orderBy: { createdAt: 'desc' }, limit: 100 },
    );
    return { items: sessions.map((session) => sessionView(session, actor.sessionId)) };
  },
});
