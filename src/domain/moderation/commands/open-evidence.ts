import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { orNull } from '../../kernel/or-null.ts';
import { Timestamp } from '../../kernel/timestamp.ts';
import { privateLink } from '../../media/index.ts';
import { ReportEntity, ReportId } from '../entities.ts';
import { isPending } from '../machine.ts';
import { moderationLimits } from '../rules.ts';

const Evidence = z.object({
  uploadId: z.uuid(),
  link: orNull(z.object({ url: z.string(), expiresAt: Timestamp })).describe('Null while it cannot be shown.'),
});

/** A command though it only reads, because each look at what people handed in is written down. */
export const openEvidence = defineCommand({
  name: 'reports.evidence',
  access: 'moderator',
  ratePerMinute: 60,
  summary: 'URLs of the evidence of a report that you claimed, for five minutes. Each call is logged.',
  input: z.strictObject({ reportId: ReportId }),
  output: z.object({ items: z.array(Evidence).max(moderationLimits.evidenceMax) }),
  errors: ['reports.not_found', 'reports.closed', 'reports.not_claimed', 'reports.claimed'],
  async run({ input: { reportId }, actor, tx, fail }) {
    const report = await tx.db.findOne(ReportEntity, { id: reportId });
    if (!report) return fail('reports.not_found');
    if (!isPending(report.state)) fail('reports.closed');
    if (!report.claimedBy) fail('reports.not_claimed');
    if (report.claimedBy !== actor.userId) fail('reports.claimed');
    const items: z.input<typeof Evidence>[] = [];
    for (const uploadId of report.evidenceIds) {
      const link = await privateLink(tx, uploadId);
      items.push({ uploadId, link: typeof link === 'string' ? null : link });
    }
    tx.audit({
      action: 'reports.evidenceOpened',
      subject: { kind: 'user', id: report.reporterId },
      details: { reportId, evidenceIds: report.evidenceIds },
    });
    return { items };
  },
});
