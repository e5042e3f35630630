import type { PersonalData } from '../kernel/personal-data.ts';
import { ReviewEntity } from './entities.ts';
import { reviewView } from './views.ts';

/** Reviews stay: others rely on the ratings. Their author is a name on the account, which goes with it. */
export const reviewsPersonal: PersonalData = {
  async export({ db, userId, port }) {
    const written = await db.find(ReviewEntity, { authorId: userId }, { orderBy: { id: 'asc' } });
    const received = await db.find(
      ReviewEntity,
      { subjectId: userId, state: { $ne: 'sealed' } },
      { orderBy: { id: 'asc' } },
    );
    const views = (reviews: typeof written) => reviews.map((review) => reviewView({ port }, review));
    return { reviewsWritten: views(written), reviewsReceived: views(received) };
  },
};
