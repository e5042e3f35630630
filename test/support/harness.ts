import { createTokens, tokensPort, type Tokens } from '../../src/domain/identity/index.ts';
import {
  clockPort,
  createExecute,
  Ports,
  type Actor,
  type Clock,
  type Execute,
  type Job,
  type JobContext,
  type Outbound,
  type Reply,
  type Meta,
  type Observation,
  type RateLimiter,
  type Role,
  type UserActor,
} from '../../src/domain/kernel/index.ts';
import { migrate } from '../../src/domain/migrate.ts';
import { openDatabase, type Database } from '../../src/domain/orm.ts';
import { errors, jobs, operations } from '../../src/domain/registry.ts';
import { createAccount } from './factories.ts';
import { newDatabaseTarget, type TestDatabase } from './databases.ts';

export interface TestUser {
  readonly id: string;
  readonly actor: UserActor;
  /** An access token, for tests over sockets and HTTP. */
  readonly token: string;
}

/** The domain on a real database, with the pipeline as production wires it, without transports. */
export interface Harness {
  readonly database: Database;
  readonly ports: Ports;
  /** Move `offsetMs` to travel in time; the whole domain compares deadlines with it. */
  readonly clock: Clock;
  readonly tokens: Tokens;
  /** The pipeline itself, for tests of transports. */
  readonly execute: Execute;
  /** Lets everything through; a test may put a real limiter's `take` here. */
  readonly limiter: { take: RateLimiter['take'] };
  /** Sees every call that ended; a test may put its own `see` here. */
  readonly observer: { see: (observation: Observation) => void };
  /** Everything handed over for delivery since the last `clear`, oldest first. */
  readonly delivered: Outbound[];
  readonly nudged: Job[];
  user(fields?: { roles?: Role[]; fullName?: string }): Promise<TestUser>;
  /** `meta` adds what the transport knows: a socket, an address. */
  call(as: TestUser | Actor | null, name: string, input?: unknown, meta?: Partial<Meta>): Promise<Reply>;
  /** The data of a call that must succeed. */
  ok<T = any>(as: TestUser | Actor | null, name: string, input?: unknown, meta?: Partial<Meta>): Promise<T>;
  /** The error code of a call that must fail. */
  fails(as: TestUser | Actor | null, name: string, input?: unknown, meta?: Partial<Meta>): Promise<string>;
  /** Where what is handed over for delivery goes as well: the rooms of a test server. */
  deliverTo(sink: (outbound: Outbound) => void): void;
  runJob(name: string): Promise<void>;
  /** Inbox events stored for a person, oldest first. */
  inboxOf(user: TestUser): Promise<{ seq: number; type: string; data: any }[]>;
  close(): Promise<void>;
}

export const guest: Actor = { kind: 'guest', ip: '203.0.113.7' };
export const system: Actor = { kind: 'system', cause: 'test' };

/** Options bind ports (storage, providers, settings) as the composition root does. */
export async function createHarness(bind: (ports: Ports) => void = () => {}, given?: TestDatabase): Promise<Harness> {
  const { target, drop } = given ?? (await newDatabaseTarget());
  const database = await openDatabase(target);
  await migrate(database);
  const close = async () => {
    await database.close();
    await drop();
  };
  return assembleHarness({ database, clock: { offsetMs: 0 }, close }, bind);
}

/** A second node on the database and the clock of another; closing it leaves them open. */
export function joinHarness({ database, clock }: Harness, bind: (ports: Ports) => void): Harness {
  return assembleHarness({ database, clock, close: async () => {} }, bind);
}

function assembleHarness(
  { database, clock, close }: { database: Database; clock: Clock; close: () => Promise<void> },
  bind: (ports: Ports) => void,
): Harness {
  const tokens = createTokens({
    key: { secret: 'test-secret-of-32-characters-long' },
    accessTtlMs: 900_000,
    refreshTtlMs: 86_400_000,
    clock,
  });
  const ports = new Ports().bind(clockPort, clock).bind(tokensPort, tokens);
  bind(ports);
  const delivered: Outbound[] = [];
  const nudged: Job[] = [];
  const limiter: Harness['limiter'] = { take: async () => null };
  const observer: Harness['observer'] = { see: () => {} };
  const sinks: ((outbound: Outbound) => void)[] = [(outbound) => void delivered.push(outbound)];
  const execute = createExecute({
    operations,
    errors,
    ports,
    sql: database.sql,
    fork: () => database.fork(),
    isAway: () => database.liveness.awaySince !== null,
    limiter,
    deliver: (outbound) => sinks.forEach((sink) => sink(outbound)),
    nudge: (job) => void nudged.push(job),
    observe: (observation) => {
      const { name, cause } = observation;
      observer.see(observation);
      if (cause) console.error(`cause of the failure of ${name}:`, cause);
    },
  });
  const call: Harness['call'] = (as, name, input = {}, meta = {}) => {
    const actor = as === null ? guest : 'actor' in as ? as.actor : as;
    return execute(name, input, { actor, meta: { requestId: crypto.randomUUID(), ip: '203.0.113.7', ...meta } });
  };
  const ok: Harness['ok'] = async (as, name, input, meta) => {
    const reply = await call(as, name, input, meta);
    if (!reply.ok) throw new Error(`${name} failed: ${JSON.stringify(reply.error)}`);
    return reply.data as never;
  };
  return {
    database,
    ports,
    clock,
    tokens,
    execute,
    limiter,
    observer,
    delivered,
    nudged,
    call,
    ok,
    close,
    deliverTo: (sink) => void sinks.push(sink),
    async fails(as, name, input, meta) {
      const reply = await call(as, name, input, meta);
      if (reply.ok) throw new Error(`${name} succeeded: ${JSON.stringify(reply.data)}`);
      return reply.error.code;
    },
    user: async (fields = {}) => createAccount(database, tokens, fields),
    runJob: (name) =>
      runJob(name, {
        execute: (command, input) => ok(system, command.name, input),
        port: (port) => ports.get(port),
        signal: new AbortController().signal,
        turn: async () => {},
      }),
    async inboxOf(user) {
      const rows = await database.orm.em
        .getConnection()
        .execute('select seq::int as seq, type, data from inbox_event where user_id = ? order by seq', [user.id]);
      return rows as never;
    },
  };
}

async function runJob(name: string, context: JobContext): Promise<void> {
  const job = jobs.get(name);
  if (!job) throw new Error(`no job ${name}`);
  await job.run(context);
}
