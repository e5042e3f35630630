import type { PersonalData } from '../kernel/personal-data.ts';
import { ReportEntity, SanctionEntity } from './entities.ts';
import { reportView, sanctionView } from './views.ts';

/**
 * Reports and what was done about them are kept when an account ends: they protect others from whoever comes back.
 * What others reported of the person is not handed out, because it would tell who did.
 */
export const moderationPersonal: PersonalData = {
  async export({ db, userId }) {
    const reports = await db.find(ReportEntity, { reporterId: userId }, { orderBy: { id: 'asc' } });
    const sanctions = await db.find(SanctionEntity, { userId }, { orderBy: { id: 'asc' } });
    return { reports: reports.map(reportView), sanctions: sanctions.map(sanctionView) };
  },
};
