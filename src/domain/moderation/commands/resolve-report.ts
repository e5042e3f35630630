import { z } from 'zod';
import { favouriteChanged, listingChanged, listingUpdated } from '../../catalog/index.ts';
import { messageRemoved } from '../../chat/index.ts';
import { userChanged } from '../../identity/index.ts';
import { defineCommand } from '../../kernel/define.ts';
import { assert } from '../../kernel/errors.ts';
import { applyMove } from '../../kernel/machine.ts';
import { Timestamp } from '../../kernel/timestamp.ts';
import { merchantChanged } from '../../merchants/index.ts';
import { reviewChanged } from '../../reviews/index.ts';
import { streamChanged, streamUpdated } from '../../streams/index.ts';
import { ReportId } from '../entities.ts';
import { reportChanged, sanctionChanged } from '../events.ts';
import { reportMachine } from '../machine.ts';
import { isPartial, lockPending } from '../pending.ts';
import { actions } from '../rules.ts';
import { carryOut, isPossible } from '../sanctions.ts';
import { ReportDetails, reportDetails, reportView } from '../views.ts';

export const resolveReport = defineCommand({
  name: 'reports.resolve',
  access: 'moderator',
  summary: 'Decide on a report that you claimed, and with it on all others about the same.',
  input: z
    .strictObject({
      reportId: ReportId,
      version: z.int().min(1),
      action: z.enum(actions),
      note: z
        .string()
        .trim()
        .min(1)
        .max(1_000)
        .describe('Sellers read it of a listing taken down, teams of a shop suspended, authors of a review.'),
      untilAt: Timestamp.optional().describe('When a suspension ends by itself; without it, it lasts.'),
    })
    .refine(({ action, untilAt }) => action === 'suspend' || untilAt === undefined, {
      path: ['untilAt'],
      error: 'only a suspension ends',
    }),
  output: ReportDetails,
  errors: [
    'reports.not_found',
    'reports.conflict_of_interest',
    'reports.closed',
    'reports.stale',
    'reports.not_claimed',
    'reports.claimed',
    'reports.action_impossible',
  ],
  emits: [
    reportChanged,
    sanctionChanged,
    listingChanged,
    listingUpdated,
    favouriteChanged,
    messageRemoved,
    reviewChanged,
    streamChanged,
    streamUpdated,
    merchantChanged,
    userChanged,
  ],
  async run({ input: { reportId, version, action, note, untilAt }, actor, tx, fail }) {
    const found = await lockPending(tx, reportId);
    if (!found) return fail('reports.not_found');
    const { report, all } = found;
    if (await isPartial(tx, actor, [report, ...all])) fail('reports.conflict_of_interest');
    if (!all.some(({ id }) => id === report.id)) fail('reports.closed');
    if (report.version !== version) fail('reports.stale');
    if (!report.claimedBy) fail('reports.not_claimed');
    if (report.claimedBy !== actor.userId) fail('reports.claimed');
    if (!isPossible(report, action)) fail('reports.action_impossible');
    const at = await tx.now();
    const name = action === 'dismiss' ? 'dismiss' : 'resolve';
    for (const one of all) {
      // Those that came after the claim are decided on as well.
      if (one.state === 'open') applyMove(reportMachine, one, { name: 'claim', by: 'moderator', at });
      assert(applyMove(reportMachine, one, { name, by: 'moderator', at }), `report ${one.id} can be decided on`);
      Object.assign(one, { claimedBy: actor.userId, claimedAt: one.claimedAt ?? at, action, note });
      tx.emit(reportChanged, one.reporterId, { view: reportView(one) });
    }
    await tx.db.flush();
    const until = untilAt === undefined ? null : new Date(untilAt);
    if (action !== 'dismiss') await carryOut(tx, report, { action, note, until });
    const subject = { kind: report.subjectKind, id: report.subjectId };
    tx.audit({ action: `moderation.${action}`, subject, details: { reports: all.map(({ id }) => id), note, untilAt } });
    return reportDetails(report);
  },
});
