import { bindPorts } from './bind-ports.ts';
import type { Config } from './config.ts';
import { StartError } from './data-dir.ts';
import { authenticate, authenticateMany, identity, sessionStandings, tokensPort } from './domain/identity/index.ts';
import {
  beginEpoch,
  createExecute,
  inboxHeads,
  pullInboxes,
  recentEvictions,
  type Clock,
  type Execute,
  type Operation,
  type Ports,
  type Sql,
} from './domain/kernel/index.ts';
import { errors, jobs as declaredJobs, operations } from './domain/registry.ts';
import { blockedAmong } from './domain/trust/index.ts';
import { createEngine, createGateway, type Engine, type Gateway } from './gateway/index.ts';
import { createHttp, createMetrics, createOps, type Http, type Metrics } from './http/index.ts';
import { createJobs, type Jobs } from './jobs/index.ts';
import { createLog, type Log } from './log.ts';
import { observeCommand, observeHandshake, observeJob, observeSchedule, observeToken } from './observe.ts';
import { openDatabases, openRooms, reason, scheduleStore, type Databases, type OnStop } from './open-stores.ts';
import { probePort } from './probe-port.ts';
import { createReadiness, type ReadinessProbe } from './readiness.ts';

/** A running server. */
export interface Soko {
  /** The port that was really bound (`PORT=0` picks a free one); null for a pure worker. */
  readonly port: number | null;
  readonly opsPort: number;
  /** Which implementation stands behind each part, for people. */
  readonly parts: Readonly<Record<string, string>>;
  /** Drains sockets over the configured window, finishes what runs, and closes everything. Safe to call twice. */
  stop(): Promise<void>;
}

const jobsStopMs = 10_000;
const signIns = new Set(identity.operations.filter(({ kind }) => kind === 'command').map(({ name }) => name));

/** Starts every part that the role asks for. Rejects with a `StartError` for what the operator can mend. */
export async function startSoko(config: Config): Promise<Soko> {
  const log = createLog(config.LOG_LEVEL, config.NODE_ID);
  const closers: (() => Promise<unknown>)[] = [];
  const onStop: OnStop = (close) => void closers.unshift(close);
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= closeAll(closers, log));
  try {
    return { ...(await start(config, { log, onStop })), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function closeAll(closers: readonly (() => Promise<unknown>)[], log: Log): Promise<void> {
  for (const close of closers) {
    await close().catch((error: unknown) => log.error({ err: error }, 'a part did not close cleanly'));
  }
}

async function start(config: Config, { log, onStop }: { log: Log; onStop: OnStop }): Promise<Omit<Soko, 'stop'>> {
  // Beside other processes the port is taken as it should be; the supervisor has asked before it started them.
  if (config.ROLE !== 'worker' && config.WORKERS === 1) await probePort(config.HOST, config.PORT);
  await probePort(config.OPS_HOST, config.OPS_PORT);
  const market = await openMarket(config, { log, onStop });
  const { metrics, databases, rooms, jobs, readiness, disk, bank } = market;
  const opsPort = await serveOps(config, { metrics, readiness, log, onStop });
  const gateway = openGateway(config, { market, log });
  const serving = config.ROLE === 'worker' ? null : await serve(config, { market, gateway, log, onStop });
  // Stopping goes from the bottom up: sockets leave, jobs end, rooms take this node's counts away, pushing ends.
  onStop(() => gateway.close());
  onStop(() => rooms.close());
  onStop(() => jobs.stop(jobsStopMs));
  onStop(async () => bank?.stop());
  onStop(async () => {
    readiness.drain();
    await gateway.drain(config.DRAIN_WINDOW);
  });
  if (config.ROLE !== 'gateway') {
    await jobs.start();
    bank?.start();
  }
  readiness.open();
  return {
    port: serving?.port ?? null,
    opsPort,
    parts: {
      ...(serving ? { sockets: serving.kind } : {}),
      database: databases.main.kind,
      rooms: rooms.state().mode,
      jobs: config.ROLE === 'gateway' ? `${jobs.kind} (run by workers)` : jobs.kind,
      uploads: disk ? 'disk' : 's3',
      payments: config.SANDBOX_PAYMENTS ? 'sandbox' : 'none',
    },
  };
}

/** Everything but the listening sockets. */
async function openMarket(config: Config, { log, onStop }: { log: Log; onStop: OnStop }) {
  const clock: Clock = { offsetMs: 0 };
  const metrics = createMetrics();
  // Rooms run commands after a join and commands deliver to rooms: one of the two has to be tied late.
  const late: { execute?: Execute; jobs?: Jobs } = {};
  const execute: Execute = (name, input, by) => {
    if (!late.execute) throw new Error('the pipeline is not tied yet');
    return late.execute(name, input, by);
  };
  const rooms = await openRooms(config, { log, execute });
  const databases = await openDatabases(config, { log, onStop });
  const { ports, disk, bank } = bindPorts(config, { clock, rooms, log, metrics, sql: () => sqlOf(databases.main) });
  late.execute = createExecute({
    operations,
    errors,
    ports,
    fork: (kind) => databaseFor(databases, kind).fork(),
    isAway: (kind) => databaseFor(databases, kind).liveness.awaySince !== null,
    sql: databases.main.sql,
    limiter: rooms.limiter,
    deliver: (outbound) => rooms.deliver(outbound),
    nudge: (job) => late.jobs?.nudge(job),
    observe: observeCommand(log, metrics, { operations, signIns }),
  });
  await seed(execute);
  const jobs = await openJobs(config, { databases, execute, ports, log, metrics });
  late.jobs = jobs;
  const readiness = createReadiness({ databases, rooms });
  const tokens = ports.get(tokensPort);
  return { clock, metrics, databases, rooms, disk, execute, jobs, readiness, bank, tokens, ports };
}

type Market = Awaited<ReturnType<typeof openMarket>>;

async function openJobs(
  config: Config,
  parts: { databases: Databases; execute: Execute; ports: Ports; log: Log; metrics: Metrics },
): Promise<Jobs> {
  const { databases, execute, ports, log, metrics } = parts;
  try {
    return await createJobs({
      jobs: declaredJobs,
      execute,
      ports,
      nodeId: config.NODE_ID,
      store: await scheduleStore(config, databases.main),
      observe: observeJob(log, metrics),
      onError: observeSchedule(log),
    });
  } catch (error) {
    throw new StartError(`${config.JOBS_URL ? 'JOBS_URL' : 'DATABASE_URL'} cannot hold the schedule: ${reason(error)}`);
  }
}

/** The socket server. A worker has one too, without a port: it pushes through the adapter to the gateways. */
function openGateway(config: Config, { market, log }: { market: Market; log: Log }): Gateway {
  const { execute, databases, rooms, clock, tokens, ports } = market;
  const told = observeToken(log);
  const gateway = createGateway({
    execute,
    rooms,
    errors,
    operations,
    clock,
    log,
    authenticateMany: async (given) => (await authenticateMany(databases.main.fork(), tokens, given)).map(told),
    inbox: {
      pullMany: (wants, limit) => pullInboxes(sqlOf(databases.main), wants, limit),
      heads: (userIds) => inboxHeads(sqlOf(databases.main), userIds),
      end: (epoch) => beginEpoch(sqlOf(databases.main), epoch),
    },
    standing: {
      evictions: () => recentEvictions(sqlOf(databases.main), clock),
      sessions: (sessionIds) => sessionStandings(databases.main.fork(), sessionIds),
      blockedAmong: (userId, others) => blockedAmong(sqlOf(databases.main), userId, others),
      mayStay: (actor, room) => {
        const port = ports.get.bind(ports);
        return rooms.membership.admits(room, { actor, port, db: databases.main.fork(), now: new Date() });
      },
    },
    database: databases.main.liveness,
    onRefused: observeHandshake(log),
    settings: {
      guests: config.GUESTS,
      publicUrl: config.PUBLIC_URL,
      corsOrigins: config.CORS_ORIGINS,
      polling: config.GATEWAY_POLLING,
      trustedProxies: config.TRUSTED_PROXIES,
      admissionRate: config.ADMISSION_RATE,
    },
  });
  rooms.attach(gateway.transport);
  market.metrics.watch(() => {
    const { rooms: joined, ...sockets } = gateway.stats();
    const { mode, healthy } = rooms.state();
    const redisUp = mode === 'redis' ? healthy : null;
    const { main, reads } = databases;
    const databaseUp = main.liveness.awaySince === null;
    const replicaUp = reads === main ? null : reads.liveness.awaySince === null;
    const state = { ...sockets, rooms: joined, redisUp, databaseUp, replicaUp };
    return { ...state, pool: main.pool(), ...rooms.counts() };
  });
  return gateway;
}

async function serve(
  config: Config,
  { market, gateway, log, onStop }: { market: Market; gateway: Gateway; log: Log; onStop: OnStop },
): Promise<{ port: number; kind: Engine['kind'] }> {
  const { execute, databases, readiness, metrics, disk, tokens } = market;
  const told = observeToken(log);
  const http = createHttp({
    execute,
    operations,
    errors,
    log,
    authenticate: async (given) => told(await authenticate(databases.main.fork(), tokens, given)),
    ready: readiness.check,
    keySet: tokens.keySet,
    settings: {
      publicUrl: config.PUBLIC_URL,
      corsOrigins: config.CORS_ORIGINS,
      cookieSecure: config.PUBLIC_URL.startsWith('https:'),
      accessTtlMs: config.ACCESS_TTL,
      refreshTtlMs: config.REFRESH_TTL,
    },
    ...(disk ? { diskFiles: disk } : {}),
  });
  const engine = await openEngine(config, { fetch: http.fetch, log, metrics });
  onStop(() => engine.close());
  gateway.attach(engine);
  const address = { host: config.HOST, port: config.PORT, shared: config.WORKERS > 1 };
  return { port: await listen(engine, address), kind: engine.kind };
}

async function openEngine(
  config: Config,
  parts: { fetch: Http['fetch']; log: Log; metrics: Metrics },
): Promise<Engine> {
  const { fetch, log, metrics } = parts;
  try {
    return await createEngine({
      kind: config.GATEWAY_ENGINE,
      fetch,
      log,
      trustedProxies: config.TRUSTED_PROXIES,
      onSlowConsumer: () => metrics.slowClose(),
    });
  } catch (error) {
    throw new StartError(reason(error));
  }
}

async function serveOps(
  config: Config,
  parts: { metrics: Metrics; readiness: ReadinessProbe; log: Log; onStop: OnStop },
): Promise<number> {
  const { metrics, readiness, log, onStop } = parts;
  const { fetch } = createOps({ metrics, ready: readiness.check });
  const engine = await createEngine({ kind: 'node', fetch, log, trustedProxies: [], onSlowConsumer: () => {} });
  onStop(() => engine.close());
  return listen(engine, { host: config.OPS_HOST, port: config.OPS_PORT });
}

/** What a new market needs to have: categories and brands. */
async function seed(execute: Execute): Promise<void> {
  const by = { actor: { kind: 'system', cause: 'start' }, meta: { requestId: crypto.randomUUID(), ip: '' } } as const;
  const reply = await execute('catalog.seed', {}, by);
  if (!reply.ok) throw new Error(`seeding answered ${reply.error.code}`);
}

async function listen(engine: Engine, at: Parameters<Engine['listen']>[0]): Promise<number> {
  try {
    return await engine.listen(at);
  } catch (error) {
    throw new StartError(reason(error));
  }
}

/** Queries go to the replica while it answers. */
function databaseFor({ main, reads }: Databases, kind: Operation['kind']): Databases['main'] {
  return kind === 'query' && reads.liveness.awaySince === null ? reads : main;
}

function sqlOf(database: Databases['main']): Sql {
  return database.fork().getKysely();
}
