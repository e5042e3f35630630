import { sql } from 'kysely';
import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { UserId } from '../../kernel/ids.ts';
import { orNull } from '../../kernel/or-null.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { Timestamp } from '../../kernel/timestamp.ts';

const EntryId = z.string().regex(/^\d{1,18}$/);

const AuditEntryView = z.object({
  id: EntryId,
  at: Timestamp,
  actorId: z.uuid(),
  sessionId: z.uuid(),
  ip: z.string(),
  requestId: z.string(),
  action: z.string(),
  subject: orNull(z.object({ kind: z.string(), id: z.string() })),
  details: z.unknown().describe('Without secrets; the input of a command and its outcome.'),
});

interface EntryRow {
  readonly id: string;
  readonly ms: string;
  readonly actor_id: string;
  readonly session_id: string;
  readonly ip: string;
  readonly request_id: string;
  readonly action: string;
  readonly subject_kind: string | null;
  readonly subject_id: string | null;
  readonly details: unknown;
}

export const listAudit = defineQuery({
  name: 'audit.list',
  access: 'admin',
  summary: 'What staff did, the latest first.',
  input: z.strictObject({
    actorId: UserId.optional(),
    subject: z.strictObject({ kind: z.string().min(1).max(40), id: z.string().min(1).max(100) }).optional(),
    action: z.string().min(1).max(80).optional(),
    from: Timestamp.optional(),
    until: Timestamp.optional().describe('Exclusive.'),
    ...pageInput,
  }),
  output: page(AuditEntryView),
  errors: [],
  async run({ input: { actorId, subject, action, from, until, cursor, limit }, sql: database }) {
    const after = decodeCursor(cursor, z.tuple([EntryId]));
    const conditions = [
      ...(actorId ? [sql`actor_id = ${actorId}`] : []),
      ...(subject ? [sql`subject_kind = ${subject.kind} and subject_id = ${subject.id}`] : []),
      ...(action ? [sql`action = ${action}`] : []),
      ...(from ? [sql`at >= ${from}::timestamptz`] : []),
      ...(until ? [sql`at < ${until}::timestamptz`] : []),
      ...(after ? [sql`id < ${after[0]}::bigint`] : []),
    ];
    const where = conditions.length > 0 ? sql`where ${sql.join(conditions, sql` and `)}` : sql``;
    const { rows } = await sql<EntryRow>`
      select id::text, (extract(epoch from at) * 1000)::bigint::text as ms, actor_id, session_id, ip, request_id,
             action, subject_kind, subject_id, details
      from audit_entry ${where} order by audit_entry.id desc limit ${limit + 1}`.execute(database);
    return cutPage(rows, limit, { item: entryView, key: ({ id }) => [id] });
  },
});

function entryView(row: EntryRow): z.input<typeof AuditEntryView> {
  const { id, ms, ip, action, details, subject_kind: kind, subject_id: subjectId } = row;
  return {
    id,
    at: new Date(Number(ms)).toISOString(),
    actorId: row.actor_id,
    sessionId: row.session_id,
    ip,
    requestId: row.request_id,
    action,
    subject: kind === null || subjectId === null ? null : { kind, id: subjectId },
    details,
  };
}
