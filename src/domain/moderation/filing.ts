import { flushUnique } from '../kernel/database-errors.ts';
import type { Tx } from '../kernel/define.ts';
import { newId, type UserId } from '../kernel/ids.ts';
import { attachUploads } from '../media/index.ts';
import { ReportEntity, type Report } from './entities.ts';
import { reportChanged } from './events.ts';
import { reportView } from './views.ts';

type Filed = Pick<Report, 'kind' | 'subjectKind' | 'subjectId' | 'subjectUserId' | 'reason' | 'snapshot'>;

/**
 * Puts a report in the moderators' queue, or says why not. A person has one open report, and one open complaint, about
 * one thing.
 */
export async function fileReport(
  tx: Tx,
  reporterId: UserId,
  { text, evidenceIds, ...filed }: Filed & { text?: string | undefined; evidenceIds: readonly string[] },
): Promise<Report | 'uploads.not_found' | 'uploads.not_confirmed' | 'reports.already_open'> {
  const evidence = await attachUploads(tx, { ownerId: reporterId, uploadIds: evidenceIds, purpose: 'evidence' });
  if (typeof evidence === 'string') return evidence;
  const at = await tx.now();
  const report = tx.db.create(ReportEntity, {
    ...filed,
    id: newId(),
    reporterId,
    text: text ?? null,
    evidenceIds: [...evidenceIds],
    state: 'open',
    claimedBy: null,
    claimedAt: null,
    action: null,
    note: null,
    version: 1,
    createdAt: at,
    updatedAt: at,
  });
  if (!(await flushUnique(tx.db, 'report_once'))) return 'reports.already_open';
  tx.emit(reportChanged, reporterId, { view: reportView(report) });
  return report;
}
