import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { ReportEntity, ReportId, SanctionEntity } from '../entities.ts';
import { ReportDetails, reportDetails, SanctionView, sanctionView } from '../views.ts';

const relatedMax = 50;

export const getReport = defineQuery({
  name: 'reports.get',
  access: 'moderator',
  summary: 'A report with what was seen, other reports about the same, and what was done to the person before.',
  input: z.strictObject({ reportId: ReportId }),
  output: z.object({
    report: ReportDetails,
    related: z.array(ReportDetails),
    sanctions: z.array(SanctionView),
  }),
  errors: ['reports.not_found'],
  async run({ input, actor, db, fail }) {
    const report = await db.findOne(ReportEntity, { id: input.reportId });
    // Whoever is reported must not learn by whom, staff neither.
    if (!report || report.subjectUserId === actor.userId) return fail('reports.not_found');
    const { id, subjectKind, subjectId, subjectUserId: userId } = report;
    const latest = { orderBy: { id: 'desc' }, limit: relatedMax } as const;
    const related = await db.find(ReportEntity, { subjectKind, subjectId, id: { $ne: id } }, latest);
    const sanctions = await db.find(SanctionEntity, { userId }, latest);
    return {
      report: reportDetails(report),
      related: related.map(reportDetails),
      sanctions: sanctions.map(sanctionView),
    };
  },
});
