import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { assert } from '../../kernel/errors.ts';
import { applyMove } from '../../kernel/machine.ts';
import { ReportId, type Report } from '../entities.ts';
import { reportChanged } from '../events.ts';
import { reportMachine } from '../machine.ts';
import { isPartial, lockPending } from '../pending.ts';
import { moderationLimits } from '../rules.ts';
import { ReportDetails, reportDetails, reportView } from '../views.ts';

export const claimReport = defineCommand({
  name: 'reports.claim',
  access: 'moderator',
  summary: 'Take a report, and all others about the same, to work on. A claim of an hour ago may be taken over.',
  input: z.strictObject({ reportId: ReportId }),
  output: ReportDetails,
  errors: ['reports.not_found', 'reports.conflict_of_interest', 'reports.closed', 'reports.claimed'],
  emits: [reportChanged],
  async run({ input, actor, tx, fail }) {
    const found = await lockPending(tx, input.reportId);
    if (!found) return fail('reports.not_found');
    const { report, all } = found;
    if (await isPartial(tx, actor, [report, ...all])) fail('reports.conflict_of_interest');
    if (!all.some(({ id }) => id === report.id)) fail('reports.closed');
    const at = await tx.now();
    if (all.some((one) => isTaken(one, { by: actor.userId, now: at }))) fail('reports.claimed');
    for (const one of all) {
      assert(applyMove(reportMachine, one, { name: 'claim', by: 'moderator', at }), `report ${one.id} can be claimed`);
      Object.assign(one, { claimedBy: actor.userId, claimedAt: at });
      tx.emit(reportChanged, one.reporterId, { view: reportView(one) });
    }
    await tx.db.flush();
    return reportDetails(report);
  },
});

function isTaken({ claimedBy, claimedAt }: Report, { by, now }: { by: string; now: Date }): boolean {
  if (!claimedBy || !claimedAt || claimedBy === by) return false;
  return claimedAt.getTime() + moderationLimits.claimMs > now.getTime();
}
