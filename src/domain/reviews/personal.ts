import { exportRowsMax, type PersonalData } from '../kernel/personal-data.ts';
import { ReviewEntity } from './entities.ts';
import { reviewView } from './views.ts';

const newest = { orderBy: { id: 'desc' }, limit: exportRowsMax } as const;

/** Reviews stay: others rely on the ratings. Their author is a name on the account, which goes with it. */
export const reviewsPersonal: PersonalData = {
  async export({ db, userId, port }) {
    const written = await db.find(ReviewEntity, { authorId: userId }, newest);
    const received = await db.find(ReviewEntity, { subjectId: userId, state: { $ne: 'sealed' } }, newest);
    const views = (reviews: typeof written) => reviews.map((review) => reviewView({ port }, review));
    return { reviewsWritten: views(written), reviewsReceived: views(received) };
  },
};
