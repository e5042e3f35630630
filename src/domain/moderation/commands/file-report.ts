import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { reportChanged } from '../events.ts';
import { fileReport } from '../filing.ts';
import { reasons, reportFields } from '../rules.ts';
import { subjectRules } from '../subjects.ts';
import { ReportView, reportView, Subject } from '../views.ts';

export const fileReportCommand = defineCommand({
  name: 'reports.file',
  access: 'user',
  ratePerMinute: 10,
  summary: 'Tell moderators of a person, a listing, a message, a review, a stream or a shop that you see.',
  input: z.strictObject({ subject: Subject, reason: z.enum(reasons), ...reportFields }),
  output: ReportView,
  errors: [
    'reports.subject_not_found',
    'reports.own_subject',
    'uploads.not_found',
    'uploads.not_confirmed',
    'reports.already_open',
  ],
  emits: [reportChanged],
  async run({ input: { subject, ...given }, actor, tx, fail }) {
    const seen = await subjectRules[subject.kind].see(tx, subject.id, actor);
    if (!seen) return fail('reports.subject_not_found');
    if (seen.ownerId === actor.userId) return fail('reports.own_subject');
    const about = { subjectKind: subject.kind, subjectId: subject.id, subjectUserId: seen.ownerId };
    const filed = await fileReport(tx, actor.userId, { kind: 'report', ...given, ...about, snapshot: seen.snapshot });
    return typeof filed === 'string' ? fail(filed) : reportView(filed);
  },
});
