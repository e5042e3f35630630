import type { EntityManager } from '@mikro-orm/postgresql';
import type { Kysely } from 'kysely';
import type { z } from 'zod';
import type { Access, Actor, ActorOf } from './actor.ts';
import type { AuditEntry } from './audit.ts';
import type { Clock } from './clock.ts';
import type { ErrorTable, FailDetails, UniversalCode } from './errors.ts';
import type { EntityView, Eviction, InboxEvent, RoomEvent, Signal } from './events.ts';
import type { UserId } from './ids.ts';
import type { Machine } from './machine.ts';
import type { PersonalData } from './personal-data.ts';
import type { Port } from './ports.ts';

export * from './events.ts';

/** MikroORM's entity manager; inside a command it is the open transaction. */
export type Db = EntityManager;
/** Untyped Kysely, for set-based statements written with its `sql` tag. */
export type Sql = Kysely<Record<string, Record<string, unknown>>>;

/** What is known of the request itself. */
export interface Meta {
  readonly requestId: string;
  readonly ip: string;
  readonly userAgent?: string;
  /** The socket, when the operation came over one. */
  readonly connection?: Connection;
}

/** The part of a live socket that operations may touch. */
export interface Connection {
  readonly id: string;
  /** Public rooms joined now. */
  readonly rooms: ReadonlySet<string>;
  join(room: string): Promise<void>;
  leave(room: string): Promise<void>;
  /** Takes over a fresh token's expiry, milliseconds since the epoch. */
  extend(expiresAt: number): void;
}

export interface QueryContext<A extends Access, In, Code extends string> {
  readonly input: In;
  readonly actor: ActorOf<A>;
  readonly db: Db;
  readonly sql: Sql;
  readonly meta: Meta;
  /** The database's clock, read once per operation at the first call: call it after taking locks. */
  now(): Promise<Date>;
  port<T>(port: Port<T>): T;
  /** Ends the operation with a declared error; the transaction is rolled back. */
  fail(code: Code | UniversalCode, details?: FailDetails): never;
  /** Names whose accounts a guest's call is about, for the log alone: the caller never hears it. */
  concerns(userIds: readonly UserId[]): void;
  /** Pushes a droppable latest-value message once the operation has succeeded. */
  signal<D extends z.ZodType>(signal: Signal<string, D>, to: string, data: z.input<D>): void;
}

export interface ReadContext<A extends Access, In, Code extends string> extends QueryContext<A, In, Code> {
  /** Runs a system command after the query's answer. It may be lost: only for what is nice to have, like counts. */
  afterwards(command: Command, input: unknown): void;
}

/** The transaction's side of a command, also handed to other areas' exported functions. */
export interface Tx {
  readonly db: Db;
  readonly sql: Sql;
  /** For `sqlNow`, in statements that can spare the question of `now`. */
  readonly clock: Clock;
  now(): Promise<Date>;
  port<T>(port: Port<T>): T;
  /** Appends to a person's inbox in this transaction; pushed after commit. Flush state before making the view. */
  emit<V extends z.ZodType, C extends z.ZodType>(
    event: InboxEvent<string, V, C>,
    to: UserId,
    data: { view: z.input<V>; change?: z.input<C> },
  ): void;
  /** Sends to a public room after commit. */
  publish<D extends z.ZodType>(event: RoomEvent<string, D>, room: string, data: z.input<D>): void;
  /** Cuts sockets or room memberships after commit. */
  evict(eviction: Eviction): void;
  /** Asks a job to run soon after commit. A lost nudge only costs the job's interval. */
  nudge(job: Job): void;
  /** Adds to the log of what staff did. Commands that only staff may call are logged without it. */
  audit(entry: AuditEntry): void;
}

export interface CommandContext<A extends Access, In, Code extends string, Prepared = undefined>
  extends Tx, QueryContext<A, In, Code> {
  readonly db: Db;
  readonly sql: Sql;
  now(): Promise<Date>;
  port<T>(port: Port<T>): T;
  /** What `prepare` returned. */
  readonly prepared: Prepared;
  /** Like `fail`, but keeps what the command wrote: a counted wrong try, a revoked family. */
  failKeeping(code: Code | UniversalCode, details?: FailDetails): never;
  /** The transaction alone, for functions of other areas. */
  readonly tx: Tx;
}

interface OperationBase<Name extends string, A extends Access, In extends z.ZodType, Out extends z.ZodType> {
  /** `area.verb`, the name on the wire. */
  readonly name: Name;
  readonly access: A;
  readonly summary: string;
  readonly input: In;
  readonly output: Out;
  /** Codes this operation may answer, in order of precedence, beside the universal ones. */
  readonly errors: readonly string[];
  /** Calls a minute for one person (or one guest address); default `limits.commandsPerMinute`. */
  readonly ratePerMinute?: number;
}

export interface Command<
  Name extends string = string,
  A extends Access = Access,
  In extends z.ZodType = z.ZodType,
  Out extends z.ZodType = z.ZodType,
> extends OperationBase<Name, A, In, Out> {
  readonly kind: 'command';
  readonly emits: readonly (InboxEvent | RoomEvent)[];
  // The stored form forgets the exact types that `defineCommand` checked.
  prepare?(context: QueryContext<Access, never, string>): Promise<unknown>;
  run(context: CommandContext<Access, never, string>): Promise<unknown>;
}

export interface Query<
  Name extends string = string,
  A extends Access = Access,
  In extends z.ZodType = z.ZodType,
  Out extends z.ZodType = z.ZodType,
> extends OperationBase<Name, A, In, Out> {
  readonly kind: 'query';
  /** Run in one REPEATABLE READ transaction, so that several statements see one state. */
  readonly consistent?: boolean;
  /** Never read from a replica: it may lag behind what the asker was pushed. */
  readonly current?: boolean;
  run(context: ReadContext<Access, never, string>): Promise<unknown>;
}

export type Operation = Command | Query;

/**
 * A mutating operation: one transaction, idempotent by key, events appended and pushed after commit.
 * `prepare` runs once before the transaction: slow work (hashing, asking the object store) must not hold a connection.
 */
export function defineCommand<
  const Name extends string,
  const A extends Access,
  In extends z.ZodType,
  Out extends z.ZodType,
  const Code extends string,
  Prepared = undefined,
>(
  command: Omit<OperationBase<Name, A, In, Out>, 'errors'> & {
    readonly errors: readonly Code[];
    readonly emits?: readonly (InboxEvent | RoomEvent)[];
    prepare?(context: QueryContext<A, z.output<In>, Code>): Promise<Prepared>;
    run(context: CommandContext<A, z.output<In>, Code, Prepared>): Promise<z.input<Out>>;
  },
): Command<Name, A, In, Out> {
  return { emits: [], ...command, kind: 'command' } as unknown as Command<Name, A, In, Out>;
}

/** A reading operation: no transaction unless `consistent`, no idempotency, never emits durable events. */
export function defineQuery<
  const Name extends string,
  const A extends Access,
  In extends z.ZodType,
  Out extends z.ZodType,
  const Code extends string,
>(
  query: Omit<OperationBase<Name, A, In, Out>, 'errors'> & {
    readonly errors: readonly Code[];
    readonly consistent?: boolean;
    readonly current?: boolean;
    run(context: ReadContext<A, z.output<In>, Code>): Promise<z.input<Out>>;
  },
): Query<Name, A, In, Out> {
  return { ...query, kind: 'query' } as unknown as Query<Name, A, In, Out>;
}

export interface JobContext {
  /** Runs a command as the system actor and returns its output; an error answer throws. */
  execute<Out extends z.ZodType>(
    command: Command<string, Access, z.ZodType, Out>,
    input: unknown,
  ): Promise<z.output<Out>>;
  port<T>(port: Port<T>): T;
  /** Stops long jobs between steps when the process drains. */
  readonly signal: AbortSignal;
  /** Waits while an urgent job is at work in this process, at most some seconds: what is patient asks before a step. */
  turn(): Promise<void>;
}

/**
 * Recurring work over due rows. Nothing depends on a job running once or on time: running it twice or an hour late
 * is harmless, because deadlines are columns and each step claims its rows with `FOR UPDATE SKIP LOCKED`.
 */
export interface Job {
  readonly name: string;
  readonly everySeconds: number;
  readonly summary: string;
  /** Another worker may run it this long after a run began: soon when its worker died, else beside it. Default 60 s. */
  readonly takenOverAfterMs?: number;
  /** What it does was promised for a moment: patient jobs of this process wait for it. */
  readonly isUrgent?: boolean;
  /** While a run finds work, the next one begins after this pause instead of at its turn. */
  readonly againMs?: number;
  /** Answers how many rows it has worked on, where it counts. */
  run(context: JobContext): Promise<number | void>;
}

export function defineJob(job: Job): Job {
  return job;
}

interface Sweep extends Omit<Job, 'run'> {
  readonly command: Command;
  readonly batch: number;
  /** Batches at once, so that this process and the database do not wait for one another. Default 1. */
  readonly lanes?: number;
  /** Nobody waits for what it does: between its batches it lets urgent jobs go first. */
  readonly isPatient?: boolean;
}

const sweepBatchesMax = 1_000;

/** A job that repeats a batch command until it reports fewer rows than a full batch. Bounded per run. */
export function defineSweep({ lanes = 1, isPatient = false, ...sweep }: Sweep): Job {
  const sweepOnce = async ({ execute, signal, turn }: JobContext): Promise<number> => {
    let all = 0;
    for (let batches = 0; batches < sweepBatchesMax && !signal.aborted; batches += 1) {
      if (isPatient) await turn();
      const { swept } = (await execute(sweep.command, {})) as { swept: number };
      all += swept;
      if (swept < sweep.batch) break;
    }
    return all;
  };
  return {
    ...sweep,
    async run(context) {
      const swept = await Promise.all(Array.from({ length: lanes }, () => sweepOnce(context)));
      return swept.reduce((total, count) => total + count, 0);
    },
  };
}

/** A kind of public room, `<kind>:<id>`: who may join and what a joiner sees first. */
export interface RoomKind {
  readonly kind: string;
  readonly summary: string;
  readonly events: readonly RoomEvent[];
  /** Whether the room is there for this actor. Asked at each join and reading, so one cheap statement. */
  admits(context: RoomContext): Promise<boolean>;
  /** The first view, the same for everyone who is admitted; null when the room is gone. */
  view(context: Omit<RoomContext, 'actor'>): Promise<Record<string, unknown> | null>;
  /** A command run by the system actor after each join, with `{ id, userId }` (`userId` null for guests). */
  readonly joined?: Command;
  /** Whether the number of sockets in the room is counted over all nodes and signalled. */
  readonly audience?: Signal;
}

export interface RoomContext {
  readonly db: Db;
  readonly actor: Actor;
  /** The part of the room's name after `<kind>:`. Untrusted. */
  readonly id: string;
  readonly now: Date;
  port<T>(port: Port<T>): T;
}

/** One kind of entity in `sync.snapshot`: the same views that the inbox pushes, read fresh. */
export interface SnapshotPart {
  readonly entity: string;
  load(context: { db: Db; sql: Sql; userId: UserId; now: Date; port<T>(port: Port<T>): T }): Promise<EntityView[]>;
}

/** Everything an area declares. The registry is the list of areas; every surface derives from it. */
export interface Area {
  readonly name: string;
  readonly operations: readonly Operation[];
  readonly errors: ErrorTable;
  readonly events?: readonly InboxEvent[];
  readonly signals?: readonly Signal[];
  readonly rooms?: readonly RoomKind[];
  readonly machines?: readonly Machine[];
  readonly jobs?: readonly Job[];
  readonly snapshots?: readonly SnapshotPart[];
  readonly personal?: PersonalData;
  /** MikroORM entities. */
  readonly entities: readonly object[];
}

export function defineArea<const A extends Area>(area: A): A {
  return area;
}
