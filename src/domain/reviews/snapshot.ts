import type { SnapshotPart } from '../kernel/define.ts';
import { ReviewEntity, reviewLimits } from './entities.ts';
import { reviewView } from './views.ts';

/** The latest that the person wrote, and of those about them the latest that are or were public. */
export const reviewSnapshot: SnapshotPart = {
  entity: 'review',
  async load({ db, userId, port }) {
    const latest = { orderBy: { id: 'desc' }, limit: reviewLimits.snapshotMax } as const;
    const written = await db.find(ReviewEntity, { authorId: userId }, latest);
    const received = await db.find(ReviewEntity, { subjectId: userId, state: { $ne: 'sealed' } }, latest);
    return [...written, ...received].map((review) => reviewView({ port }, review));
  },
};
