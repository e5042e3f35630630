import type { Actor, UserActor } from './actor.ts';
import { isStaffAccess, recordAudit, type AuditEntry } from './audit.ts';
import { baseContext, collectSignal, commandContext } from './contexts.ts';
import type {
  Command,
  Db,
  Eviction,
  Job,
  Meta,
  Operation,
  PendingInboxEvent,
  Query,
  ReadContext,
  RoomMessage,
  SignalMessage,
  Sql,
} from './define.ts';
import { recordEvictions } from './evictions.ts';
import {
  CommandError,
  unavailable,
  universalErrors,
  type ErrorSpec,
  type ErrorTable,
  type Issue,
  type Retry,
} from './errors.ts';
import { authorise, limitRate, parse } from './gate.ts';
import { answerOf, hashInput, knownAnswer, repeat, storeAnswer, storedAnswer } from './idempotency.ts';
import { appendInbox, type InboxBatch } from './inbox.ts';
import type { UserId } from './ids.ts';
import { isRetryable, isUnavailable } from './database-errors.ts';
import type { Ports } from './ports.ts';
import type { RateLimiter } from './rate-limits.ts';
import { inTransaction, type Session } from './transaction.ts';

/** The answer to every operation, on every transport. */
export type Reply = { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly error: ReplyError };

export interface ReplyError {
  readonly code: string;
  readonly message: string;
  readonly retry: Retry;
  readonly retryAfterMs?: number;
  readonly issues?: readonly Issue[];
  readonly requestId: string;
}

/** What a committed operation leaves for delivery. */
export interface Outbound {
  readonly inbox: InboxBatch[];
  readonly rooms: RoomMessage[];
  readonly signals: SignalMessage[];
  readonly evictions: Eviction[];
}

export interface Observation {
  readonly name: string;
  readonly outcome: string;
  readonly durationMs: number;
  readonly actor: Actor;
  readonly meta: Meta;
  /** Whose accounts a guest's call was about, as far as it told. */
  readonly about: readonly UserId[];
  /** The cause of an `internal` or `server.unavailable` answer; for the log only. */
  readonly cause?: unknown;
}

export interface PipelineParts {
  readonly operations: ReadonlyMap<string, Operation>;
  readonly errors: ErrorTable;
  /** A fresh entity manager; queries may get one of a read replica. */
  readonly fork: (kind: Operation['kind']) => Db;
  /** Whether the database of such operations is known to be away; they are refused before they cost anything. */
  readonly isAway?: (kind: Operation['kind']) => boolean;
  /** The main database, for transactions. */
  readonly sql: Sql;
  readonly ports: Ports;
  readonly limiter: RateLimiter;
  /** Delivers after commit. Must not throw: what is lost here is repaired from the inbox. */
  readonly deliver: (outbound: Outbound) => void;
  readonly nudge: (job: Job) => void;
  readonly observe: (observation: Observation) => void;
}

export type Execute = (name: string, input: unknown, by: { actor: Actor; meta: Meta }) => Promise<Reply>;

const attemptsMax = 6;

/** Builds the one pipeline that the socket, the HTTP fallback and the jobs all call. It never throws. */
export function createExecute(parts: PipelineParts): Execute {
  const execute: Execute = async (name, input, { actor, meta }) => {
    const startedAt = performance.now();
    const operation = parts.operations.get(name);
    const afterwards: FollowUp[] = [];
    const about: Call['about'] = { userIds: [] };
    let cause: unknown;
    let reply: Reply;
    try {
      if (!operation) throw new CommandError('command.unknown');
      reply = { ok: true, data: await perform(parts, { operation, input, actor, meta, about, afterwards }) };
    } catch (error) {
      const known = asCommandError(error, operation);
      // Refusals at the gate have no cause of their own: the log told once that the database is away.
      if (known !== error && (known.code === 'internal' || known.code === 'server.unavailable')) cause = error;
      reply = { ok: false, error: replyError(known, parts.errors, meta.requestId) };
    }
    const outcome = reply.ok ? 'ok' : reply.error.code;
    const durationMs = performance.now() - startedAt;
    parts.observe({
      name: operation?.name ?? 'unknown',
      outcome,
      durationMs,
      actor,
      meta,
      about: about.userIds,
      cause,
    });
    for (const next of reply.ok ? afterwards : []) {
      void execute(next.command.name, next.input, { actor: { kind: 'system', cause: name }, meta });
    }
    return reply;
  };
  return execute;
}

interface FollowUp {
  readonly command: Command;
  readonly input: unknown;
}

/** The answer for a failure outside any operation: a malformed frame, a refused handshake. */
export function replyError(error: CommandError, errors: ErrorTable, requestId: string): ReplyError {
  const spec: ErrorSpec = errors[error.code] ?? universalErrors.internal;
  return { code: error.code, message: spec.text, retry: spec.retry, ...error.details, requestId };
}

/** One call of an operation, on its way through the pipeline. */
export interface Call {
  readonly operation: Operation;
  readonly input: unknown;
  readonly actor: Actor;
  readonly meta: Meta;
  readonly about: { userIds: readonly UserId[] };
  readonly afterwards: FollowUp[];
}

async function perform(parts: PipelineParts, call: Call): Promise<unknown> {
  const { operation, actor } = call;
  if (parts.isAway?.(sourceOf(operation))) throw unavailable();
  await limitRate(parts.limiter, call);
  const { input, idempotencyKey } = parse(call);
  authorise(operation, actor);
  if (operation.kind === 'query') return runQuery(parts, operation, { ...call, input });
  const slot = operation.prepare ? idempotencySlot(operation, { ...call, input, idempotencyKey }) : null;
  // A repeat is not prepared again: what is prepared, such as the check of a password, may not hold any more.
  const known = slot && (await knownAnswer(parts.sql, slot));
  if (known) return repeat(known);
  const prepared = await prepare(parts, operation, { ...call, input });
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runCommand(parts, operation, { ...call, input, idempotencyKey, prepared });
    } catch (error) {
      if (!isRetryable(error) || attempt >= attemptsMax) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** attempt));
    }
  }
}

/** Which database an operation needs: a replica will do for most queries. */
function sourceOf(operation: Operation): Operation['kind'] {
  return operation.kind === 'query' && !operation.current ? 'query' : 'command';
}

async function runQuery(parts: PipelineParts, query: Query, call: Call): Promise<unknown> {
  const signals: SignalMessage[] = [];
  const run = async (session: Session): Promise<unknown> => {
    const afterwards = (command: Command, input: unknown) => void call.afterwards.push({ command, input });
    const context = { ...baseContext(parts, session, call), signal: collectSignal(signals), afterwards };
    return query.output.parse(await query.run(context as unknown as ReadContext<never, never, string>));
  };
  const fork = () => parts.fork(sourceOf(query));
  const session = sessionOf(fork());
  const output = await (query.consistent
    ? inTransaction({ sql: session.sql, fork, isSnapshot: true }, run)
    : run(session));
  if (signals.length > 0) parts.deliver({ inbox: [], rooms: [], signals, evictions: [] });
  return output;
}

const sessionOf = (db: Db): Session => ({ db, sql: db.getKysely() });

async function prepare(parts: PipelineParts, command: Command, call: Call): Promise<unknown> {
  if (!command.prepare) return undefined;
  return command.prepare(baseContext(parts, sessionOf(parts.fork('command')), call) as never);
}

interface CommandCall extends Call {
  readonly idempotencyKey: string | undefined;
  readonly prepared: unknown;
}

async function runCommand(parts: PipelineParts, command: Command, call: CommandCall): Promise<unknown> {
  const outbound: Outbound = { inbox: [], rooms: [], signals: [], evictions: [] };
  const nudged = new Set<Job>();
  const store = { sql: parts.sql, fork: () => parts.fork('command') };
  const result = await inTransaction(store, async (transaction) => {
    const base = baseContext(parts, transaction, call);
    const slot = idempotencySlot(command, call);
    if (slot) {
      const stored = await storedAnswer(base.sql, slot, base.clock);
      if (stored) return 'data' in stored ? stored.data : new CommandError(stored.failure.code, stored.failure.details);
    }
    const pending: PendingInboxEvent[] = [];
    const audits: AuditEntry[] = [];
    const context = commandContext(base, { outbound, pending, nudged, audits, prepared: call.prepared });
    const output = await runKeeping(command, context);
    await transaction.flush();
    await audit(base, { command, call, audits, output });
    if (slot) await storeAnswer(base.sql, slot, answerOf(output));
    if (outbound.evictions.length > 0) await recordEvictions(base.sql, outbound.evictions, base.clock);
    if (pending.length > 0)
      outbound.inbox.push(...(await appendInbox(base.sql, pending, { ...base.clock, isLast: true })));
    return output;
  });
  if (Object.values(outbound).some((list) => list.length > 0)) parts.deliver(outbound);
  for (const job of nudged) parts.nudge(job);
  if (result instanceof CommandError) throw result;
  return result;
}

/** What people of the staff did is logged with what it did; jobs are in the log of jobs. */
async function audit(
  { sql, clock }: ReturnType<typeof baseContext>,
  { command, call, audits, output }: { command: Command; call: Call; audits: AuditEntry[]; output: unknown },
): Promise<void> {
  const { actor, meta, input } = call;
  if (actor.kind !== 'user') return;
  if (isStaffAccess(command.access)) {
    const outcome = output instanceof CommandError ? output.code : 'ok';
    audits.push({ action: command.name, details: { input, outcome } });
  }
  if (audits.length > 0) await recordAudit(sql, audits, { actor, meta, clock });
}

/** Runs the command; a failure that keeps its writes is returned instead of thrown, so that the transaction commits. */
async function runKeeping(command: Command, context: object): Promise<unknown> {
  try {
    return command.output.parse(await command.run(context as never));
  } catch (error) {
    if (error instanceof CommandError && error.keep) return error;
    throw error;
  }
}

function idempotencySlot(command: Command, call: Omit<CommandCall, 'prepared'>) {
  if (call.idempotencyKey === undefined || call.actor.kind !== 'user') return null;
  const { userId } = call.actor satisfies UserActor;
  return { actorId: userId, key: call.idempotencyKey, command: command.name, inputHash: hashInput(call.input) };
}

/** Turns any thrown value into an answerable error; a code that the operation did not declare is our bug. */
function asCommandError(error: unknown, operation: Operation | undefined): CommandError {
  if (error instanceof CommandError) {
    const declared = error.code in universalErrors || operation?.errors.includes(error.code);
    return declared ? error : new CommandError('internal');
  }
  return isUnavailable(error) ? unavailable() : new CommandError('internal');
}
