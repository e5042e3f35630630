import type { z } from 'zod';
import { clockPort, databaseNow } from './clock.ts';
import type { CommandContext, Db, Job, PendingInboxEvent, SignalMessage, Sql } from './define.ts';
import { CommandError, type FailDetails } from './errors.ts';
import type { Call, Outbound, PipelineParts } from './execute.ts';

/** What every operation gets. The clock is read once, at the first call. */
export function baseContext(parts: PipelineParts, db: Db, { input, actor, meta }: Call) {
  const sql = db.getKysely() as unknown as Sql;
  const clock = parts.ports.get(clockPort);
  let now: Promise<Date> | undefined;
  return {
    input,
    actor,
    meta,
    db,
    sql,
    clock,
    now: () => (now ??= databaseNow(sql, clock)),
    port: <T>(port: { name: string; type?: T }): T => parts.ports.get(port),
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

/** What a command gets beside it: collectors of what is delivered once the transaction has committed. */
export function commandContext(
  base: ReturnType<typeof baseContext>,
  collected: { outbound: Outbound; pending: PendingInboxEvent[]; nudged: Set<Job> },
): CommandContext<never, unknown, string> {
  const { outbound, pending, nudged } = collected;
  const tx: Pick<CommandContext<never, unknown, string>, 'emit' | 'publish' | 'evict' | 'nudge'> = {
    emit(event, userId, { view, change }) {
      const parsed = event.view.parse(view);
      const told = change === undefined ? {} : { change: event.change.parse(change) };
      pending.push({ userId, type: event.type, data: { entity: event.entity, ...(parsed as object), ...told } });
    },
    publish(event, room, data) {
      outbound.rooms.push({ room, type: event.type, data: event.data.parse(data), at: new Date().toISOString() });
    },
    evict: (eviction) => void outbound.evictions.push(eviction),
    nudge: (job) => void nudged.add(job),
  };
  const { db, sql, clock, now, port } = base;
  return { ...base, ...tx, tx: { db, sql, clock, now, port, ...tx }, signal: collectSignal(outbound.signals) } as never;
}
