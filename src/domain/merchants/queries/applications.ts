import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { orNull } from '../../kernel/or-null.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { applicationReviews } from '../applying.ts';
import { ApplicationEntity, ApplicationId } from '../entities.ts';
import { applicationMachine } from '../machine.ts';
import { ApplicationReview, ApplicationView, applicationView } from '../views.ts';

export const ownApplication = defineQuery({
  name: 'merchants.application',
  access: 'user',
  summary: 'Where your application for a shop stands; null when there is none.',
  input: z.strictObject({}),
  output: z.object({ application: orNull(ApplicationView) }),
  errors: [],
  async run({ actor, db }) {
    const application = await db.findOne(ApplicationEntity, { userId: actor.userId, superseded: false });
    return { application: application && applicationView(application) };
  },
});

export const listApplications = defineQuery({
  name: 'merchants.applications',
  access: 'admin',
  current: true,
  summary: 'Applications for shops, the oldest first: those that wait for a decision, or all in one state.',
  input: z.strictObject({ state: z.enum(applicationMachine.states).optional(), ...pageInput }),
  output: page(ApplicationReview),
  errors: [],
  async run({ input: { state, cursor, limit }, db, now }) {
    const after = decodeCursor(cursor, z.tuple([Timestamp, ApplicationId]));
    const at = after && new Date(after[0]);
    const later = after && { $or: [{ submittedAt: { $gt: at } }, { submittedAt: at, id: { $gt: after[1] } }] };
    const where = { state: state ?? { $in: ['submitted', 'in_review'] }, ...later };
    const found = await db.find(ApplicationEntity, where as never, {
      orderBy: { submittedAt: 'asc', id: 'asc' },
      limit: limit + 1,
    });
    const reviews = await applicationReviews({ db, now: await now() }, found);
    const byId = new Map(reviews.map((review) => [review.id, review]));
    return cutPage(found, limit, {
      item: ({ id }) => byId.get(id)!,
      key: ({ id, submittedAt }) => [iso(submittedAt), id],
    });
  },
});
