import type { z } from 'zod';
import type { AuditEntry } from './audit.ts';
import { clockPort, databaseNow } from './clock.ts';
import type { CommandContext, Job, PendingInboxEvent, SignalMessage, Tx } from './define.ts';
import { CommandError, type FailDetails } from './errors.ts';
import type { UserId } from './ids.ts';
import type { Call, Outbound, PipelineParts } from './execute.ts';
import type { Session } from './transaction.ts';

/** What every operation gets. The clock is read once, at the first call. */
export function baseContext(parts: PipelineParts, session: Session, { input, actor, meta, about }: Call) {
  const { sql } = session;
  const clock = parts.ports.get(clockPort);
  let now: Promise<Date> | undefined;
  return {
    input,
    actor,
    meta,
    get db() {
      return session.db;
    },
    sql,
    clock,
    now: () => (now ??= databaseNow(sql, clock)),
    port: <T>(port: { name: string; type?: T }): T => parts.ports.get(port),
    concerns: (userIds: readonly UserId[]): void => void (about.userIds = userIds),
    fail: (code: string, details?: FailDetails): never => {
      throw new CommandError(code, details);
    },
    failKeeping: (code: string, details?: FailDetails): never => {
      throw new CommandError(code, details, true);
    },
  };
}

export function collectSignal(signals: SignalMessage[]) {
  return (signal: { type: string; data: z.ZodType }, to: string, data: unknown) => {
    signals.push({ to, type: signal.type, data: signal.data.parse(data) });
  };
}

/** What a command gets: the same, and collectors of what is delivered once the transaction has committed. */
export function commandContext(
  base: ReturnType<typeof baseContext>,
  collected: {
    outbound: Outbound;
    pending: PendingInboxEvent[];
    nudged: Set<Job>;
    audits: AuditEntry[];
    prepared: unknown;
  },
): CommandContext<never, unknown, string, unknown> {
  const { outbound, pending, nudged, audits, prepared } = collected;
  const { input, actor, meta, sql, clock, now, port, concerns, fail, failKeeping } = base;
  const collectors: Pick<Tx, 'emit' | 'publish' | 'evict' | 'nudge' | 'audit'> = {
    emit(event, userId, { view, change }) {
      const parsed = event.view.parse(view);
      const told = change === undefined ? {} : { change: event.change.parse(change) };
      const notice = event.notice?.({ view: parsed, ...told, to: userId } as never) ?? null;
      const data = { entity: event.entity, ...(parsed as object), ...told };
      pending.push({ userId, type: event.type, data, notice });
    },
    publish(event, room, data) {
      outbound.rooms.push({ room, type: event.type, data: event.data.parse(data), at: new Date().toISOString() });
    },
    evict: (eviction) => void outbound.evictions.push(eviction),
    nudge: (job) => void nudged.add(job),
    audit: (entry) => void audits.push(entry),
  };
  // Getters, and never spread: asking for `db` makes an entity manager.
  const tx = {
    get db() {
      return base.db;
    },
    sql,
    clock,
    now,
    port,
    ...collectors,
  };
  const signal = collectSignal(outbound.signals);
  const own = { input, actor, meta, concerns, fail, failKeeping, prepared, signal, tx };
  return {
    get db() {
      return base.db;
    },
    sql,
    clock,
    now,
    port,
    ...collectors,
    ...own,
  } as never;
}
