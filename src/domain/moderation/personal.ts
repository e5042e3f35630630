import { exportRowsMax, type PersonalData } from '../kernel/personal-data.ts';
import { sql } from 'kysely';
import { ReportEntity, SanctionEntity } from './entities.ts';
import { reportView, sanctionView } from './views.ts';

/** Of a reported person or of whoever made what was reported. */
const profile = ['fullName', 'username', 'bio', 'avatarUrl', 'neighborhood'];

const newest = { orderBy: { id: 'desc' }, limit: exportRowsMax } as const;

/**
 * Reports and what was done about them are kept when an account ends: they protect others from whoever comes back.
 * What others reported of the person is not handed out, because it would tell who did. What was said stays as evidence,
 * without the profile of the person who said it.
 */
export const moderationPersonal: PersonalData = {
  async export({ db, userId }) {
    const reports = await db.find(ReportEntity, { reporterId: userId }, newest);
    const sanctions = await db.find(SanctionEntity, { userId }, newest);
    return { reports: reports.map(reportView), sanctions: sanctions.map(sanctionView) };
  },
  async forget(tx, userId) {
    await sql`
      update report set snapshot = snapshot - ${`{${profile.join(',')}}`}::text[]
      where subject_user_id = ${userId}`.execute(tx.sql);
  },
};
