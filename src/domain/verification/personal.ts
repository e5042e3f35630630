import { exportRowsMax, type PersonalData } from '../kernel/personal-data.ts';
import { discardUploads } from '../media/index.ts';
import { VerificationEntity } from './entities.ts';
import { documentsOf, verificationViews } from './views.ts';

export const verificationData: PersonalData = {
  async export({ db, userId }) {
    const all = await db.find(VerificationEntity, { userId }, { orderBy: { id: 'desc' }, limit: exportRowsMax });
    return { verifications: await verificationViews(db, all) };
  },
  /** Papers, numbers and their hashes go whole; that there was a review stays in the log of what staff did. */
  async forget(tx, userId) {
    const all = await tx.db.find(VerificationEntity, { userId });
    await discardUploads(tx, [...(await documentsOf(tx.db, all)).values()].flat());
    await tx.db.flush();
    await tx.db.nativeDelete(VerificationEntity, { userId });
  },
};
