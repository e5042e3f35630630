import type { Db, SnapshotPart } from '../kernel/define.ts';
import { VerificationEntity } from './entities.ts';
import { verificationViews } from './views.ts';

/** Few: of each kind at most one open submission, one approval, and what ended since the last submission. */
export async function ownVerifications(db: Db, userId: string) {
  const own = await db.find(
    VerificationEntity,
    { userId: userId as never, superseded: false },
    { orderBy: { id: 'asc' } },
  );
  return verificationViews(db, own);
}

export const verificationSnapshot: SnapshotPart = {
  entity: 'verification',
  load: ({ db, userId }) => ownVerifications(db, userId),
};
