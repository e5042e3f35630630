import { sql } from 'kysely';
import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { UserId } from '../../kernel/ids.ts';
import { orNull } from '../../kernel/or-null.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { Timestamp } from '../../kernel/timestamp.ts';
import { ReportId, subjectKinds, type SubjectKind } from '../entities.ts';
import { reasons, reasonWeights, type Reason } from '../rules.ts';
import { Subject } from '../views.ts';

const QueueItem = z.object({
  subject: Subject,
  subjectUserId: UserId,
  reportId: ReportId.describe('The oldest report; claiming it claims all.'),
  state: z.enum(['open', 'in_review']),
  claimedBy: orNull(UserId),
  count: z.int(),
  reasons: z.array(z.enum(reasons)),
  priority: z.int(),
  firstAt: Timestamp,
});

/** Whether it is claimed (0, 1), minus the priority, the first report's time and id. */
const Key = z.tuple([z.int(), z.int(), z.string().regex(/^\d{1,15}$/), z.uuid()]);

interface QueueRow {
  readonly kind: SubjectKind;
  readonly subject_id: string;
  readonly user_id: UserId;
  readonly report_id: ReportId;
  readonly claimed: number;
  readonly claimed_by: UserId | null;
  readonly count: number;
  readonly reasons: Reason[];
  readonly negative: number;
  readonly ms: string;
}

export const reportQueue = defineQuery({
  name: 'reports.queue',
  access: 'moderator',
  summary: 'What waits to be decided, one item for each thing reported: unclaimed first, then by weight, then by age.',
  input: z.strictObject({ kind: z.enum(subjectKinds).optional(), ...pageInput }),
  output: page(QueueItem),
  errors: [],
  async run({ input: { kind, cursor, limit }, actor, sql: database }) {
    const after = decodeCursor(cursor, Key);
    const weights = JSON.stringify(reasonWeights);
    const beyond = after
      ? sql`where (claimed, negative, ms, report_id) >
          (${after[0]}::int, ${after[1]}::int, ${after[2]}::bigint, ${after[3]}::uuid)`
      : sql``;
    const { rows } = await sql<QueueRow>`
      select kind, subject_id, user_id, report_id, claimed, claimed_by, count, reasons, negative, ms::text from (
        select subject_kind as kind, subject_id, (array_agg(subject_user_id order by id))[1] as user_id,
          (array_agg(id order by id))[1] as report_id, max((state = 'in_review')::int) as claimed,
          (array_agg(claimed_by order by claimed_at desc nulls last))[1] as claimed_by, count(*)::int as count,
          array_agg(distinct reason) as reasons,
          -sum((${weights}::text::jsonb ->> reason)::int)::int as negative,
          (extract(epoch from min(created_at)) * 1000)::bigint as ms
        from report
        where state in ('open', 'in_review') and subject_user_id <> ${actor.userId}
          and (${kind ?? null}::text is null or subject_kind = ${kind ?? null})
        group by subject_kind, subject_id
      ) waiting ${beyond}
      order by claimed, negative, ms, report_id limit ${limit + 1}`.execute(database);
    return cutPage(rows, limit, {
      item: (row) => ({
        subject: { kind: row.kind, id: row.subject_id },
        subjectUserId: row.user_id,
        reportId: row.report_id,
        state: row.claimed === 1 ? ('in_review' as const) : ('open' as const),
        claimedBy: row.claimed_by,
        count: row.count,
        reasons: row.reasons,
        priority: -row.negative,
        firstAt: new Date(Number(row.ms)).toISOString(),
      }),
      key: ({ claimed, negative, ms, report_id: reportId }) => [claimed, negative, ms, reportId],
    });
  },
});
