import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { documentKinds, VerificationEntity, VerificationId } from '../entities.ts';
import { ReviewView, reviewViews } from '../views.ts';

export const reviewQueue = defineQuery({
  name: 'verification.queue',
  access: 'moderator',
  current: true,
  summary: 'Submissions that wait for a decision, the oldest first, without your own.',
  input: z.strictObject({ kind: z.enum(documentKinds).optional(), ...pageInput }),
  output: page(ReviewView),
  errors: [],
  async run({ input: { kind, cursor, limit }, actor, db, now }) {
    const after = decodeCursor(cursor, z.tuple([Timestamp, VerificationId]));
    const at = after && new Date(after[0]);
    const later = after && { $or: [{ submittedAt: { $gt: at } }, { submittedAt: at, id: { $gt: after[1] } }] };
    const waiting = { state: { $in: ['submitted', 'in_review'] }, userId: { $ne: actor.userId } };
    const found = await db.find(VerificationEntity, { ...waiting, ...(kind && { kind }), ...later } as never, {
      orderBy: { submittedAt: 'asc', id: 'asc' },
      limit: limit + 1,
    });
    const views = await reviewViews({ db, now: await now() }, found);
    const byId = new Map(views.map((view) => [view.id, view]));
    return cutPage(found, limit, {
      item: ({ id }) => byId.get(id)!,
      key: ({ id, submittedAt }) => [iso(submittedAt), id],
    });
  },
});
