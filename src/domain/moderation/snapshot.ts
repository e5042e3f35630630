import type { SnapshotPart } from '../kernel/define.ts';
import { ReportEntity, SanctionEntity } from './entities.ts';
import { moderationLimits } from './rules.ts';
import { reportView, sanctionView } from './views.ts';

const latest = { orderBy: { id: 'desc' }, limit: moderationLimits.snapshotMax } as const;

export const reportSnapshot: SnapshotPart = {
  entity: 'report',
  async load({ db, userId }) {
    return (await db.find(ReportEntity, { reporterId: userId }, latest)).map(reportView);
  },
};

export const sanctionSnapshot: SnapshotPart = {
  entity: 'sanction',
  async load({ db, userId }) {
    return (await db.find(SanctionEntity, { userId }, latest)).map(sanctionView);
  },
};
