import { sql } from 'kysely';
import type { Access, UserActor } from './actor.ts';
import { sqlNow, type Clock } from './clock.ts';
import type { Meta, Sql } from './define.ts';

/** What staff did, to what, and the particulars. Rows of the log are never changed or deleted. */
export interface AuditEntry {
  /** The command, or what a command did on the way. */
  readonly action: string;
  readonly subject?: { readonly kind: string; readonly id: string };
  readonly details: Readonly<Record<string, unknown>>;
}

const staff: ReadonlySet<Access> = new Set(['hub', 'moderator', 'analyst', 'admin']);
// Rows are kept for good, so they name people by their ids alone: names and addresses go when the person goes.
const hidden = /password|token|secret|code|^(email|phone|username|fullName)$/i;
const detailsMaxChars = 8_192;

/** Whether every call of an operation with this access is an act of staff. */
export function isStaffAccess(access: Access): boolean {
  return staff.has(access);
}

export async function recordAudit(
  db: Sql,
  entries: readonly AuditEntry[],
  { actor, meta, clock }: { actor: UserActor; meta: Meta; clock: Clock },
): Promise<void> {
  const rows = entries.map(({ action, subject, details }) => ({
    action,
    subject_kind: subject?.kind ?? null,
    subject_id: subject?.id ?? null,
    details: bounded(details),
  }));
  await sql`
    insert into audit_entry (at, actor_id, session_id, ip, request_id, action, subject_kind, subject_id, details)
    select ${sqlNow(clock)}, ${actor.userId}, ${actor.sessionId}, ${meta.ip}, ${meta.requestId},
           e.action, e.subject_kind, e.subject_id, e.details
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
      as e(action text, subject_kind text, subject_id text, details jsonb)`.execute(db);
}

/** Without secrets, and bounded: the log must not become a place to store things. */
function bounded(details: AuditEntry['details']): unknown {
  const text = JSON.stringify(details, (key, value: unknown) => (hidden.test(key) ? '[hidden]' : value));
  return text.length <= detailsMaxChars ? JSON.parse(text) : { cut: text.slice(0, detailsMaxChars) };
}
