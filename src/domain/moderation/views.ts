import { z } from 'zod';
import { UserId } from '../kernel/ids.ts';
import { orNull } from '../kernel/or-null.ts';
import { iso, Timestamp } from '../kernel/timestamp.ts';
import { ReportId, subjectKinds, type Report, type Sanction } from './entities.ts';
import { reportMachine } from './machine.ts';
import { actions, reasons } from './rules.ts';

export const Subject = z.strictObject({ kind: z.enum(subjectKinds), id: z.uuid() });

/** A report as the person who made it sees it. Who looks at it, and what was done, they do not learn. */
export const ReportView = z.object({
  id: ReportId,
  version: z.int(),
  kind: z.enum(['report', 'complaint']),
  subject: Subject,
  reason: z.enum(reasons),
  text: orNull(z.string()),
  state: z.enum(reportMachine.states),
  createdAt: Timestamp,
});

/** A report as moderators see it. */
export const ReportDetails = ReportView.extend({
  reporterId: UserId,
  subjectUserId: UserId,
  snapshot: z.record(z.string(), z.unknown()).describe('What the reporter saw when they reported it.'),
  evidenceIds: z.array(z.uuid()).describe('`reports.evidence` opens them.'),
  claimedBy: orNull(UserId),
  claimedAt: orNull(Timestamp),
  action: orNull(z.enum(actions)),
  note: orNull(z.string()),
});

/** What moderators did, as the person concerned sees it. Who reported it stays unsaid. */
export const SanctionView = z.object({
  id: z.uuid(),
  version: z.int(),
  action: z.enum(['warn', 'remove', 'suspend']),
  subject: Subject,
  reason: z.enum(reasons),
  until: orNull(Timestamp),
  endedAt: orNull(Timestamp),
  createdAt: Timestamp,
});

export function reportView(report: Report): z.input<typeof ReportView> {
  const { id, version, kind, subjectKind, subjectId, reason, text, state, createdAt } = report;
  const subject = { kind: subjectKind, id: subjectId };
  return { id, version, kind, subject, reason, text, state, createdAt: iso(createdAt) };
}

export function reportDetails(report: Report): z.input<typeof ReportDetails> {
  const { reporterId, subjectUserId, snapshot, evidenceIds, claimedBy, claimedAt, action, note } = report;
  const own = { reporterId, subjectUserId, snapshot, evidenceIds, claimedBy, claimedAt: iso(claimedAt), action, note };
  return { ...reportView(report), ...own };
}

export function sanctionView(sanction: Sanction): z.input<typeof SanctionView> {
  const { id, version, action, subjectKind, subjectId, reason, until, endedAt, createdAt } = sanction;
  const subject = { kind: subjectKind, id: subjectId };
  return { id, version, action, subject, reason, until: iso(until), endedAt: iso(endedAt), createdAt: iso(createdAt) };
}
