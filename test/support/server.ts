import { pino } from 'pino';
import {
  audiencePort,
  beginEpoch,
  inboxHeads,
  pullInboxes,
  recentEvictions,
  type Eviction,
  type RoomKind,
  type Sql,
} from '../../src/domain/kernel/index.ts';
import { authenticateMany, sessionStandings } from '../../src/domain/identity/index.ts';
import { errors, operations, roomKinds } from '../../src/domain/registry.ts';
import { membershipPort } from '../../src/domain/sync/index.ts';
import { blockedAmong } from '../../src/domain/trust/index.ts';
import {
  createEngine,
  createGateway,
  type Engine,
  type EngineParts,
  type Gateway,
  type GatewayParts,
  type GatewaySettings,
} from '../../src/gateway/index.ts';
import { createRooms, type Rooms } from '../../src/rooms/index.ts';
import { createHarness, joinHarness, type Harness, type TestUser } from './harness.ts';
import type { TestDatabase } from './databases.ts';
import { bindTestPorts } from './ports.ts';
import { connectTo, type TestSocket } from './test-socket.ts';

export interface TestServerOptions {
  readonly settings?: Partial<GatewaySettings>;
  /** Joins the server to others through Redis; `prefix` keeps clusters of one Redis apart. */
  readonly redis?: { readonly url: string; readonly prefix: string };
  /** Instead of a new one. */
  readonly database?: TestDatabase;
  /** Another node of the same cluster: shares its database and clock. */
  readonly beside?: TestServer;
  readonly fetch?: EngineParts['fetch'];
  readonly trustedProxies?: readonly string[];
  /** Room kinds beside those of the registry. */
  readonly roomKinds?: readonly RoomKind[];
  readonly onRefused?: NonNullable<GatewayParts['onRefused']>;
  /** Whether pushes get through now; what is refused is lost, as with a Redis that is away. */
  readonly isPushed?: () => boolean;
}

/** A real server on a free port of this process. */
export interface TestServer {
  readonly url: string;
  readonly harness: Harness;
  readonly gateway: Gateway;
  readonly engine: Engine;
  readonly rooms: Rooms;
  slowCloses(): number;
  /** A socket of a person, or of a guest; `auth` adds to the handshake. Not waited for. */
  connect(user: TestUser | null, auth?: object): TestSocket;
  evict(eviction: Eviction): void;
  close(): Promise<void>;
}

/** `GATEWAY_ENGINE=uws` runs the same tests on uWebSockets.js; there one process may hold one server at a time. */
export const engineKind = process.env.GATEWAY_ENGINE === 'uws' ? 'uws' : 'node';

const defaults: GatewaySettings = {
  guests: true,
  publicUrl: 'http://market.test',
  corsOrigins: [],
  polling: false,
  trustedProxies: [],
};

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { beside, redis } = options;
  const harness = beside
    ? joinHarness(beside.harness, bindTestPorts)
    : await createHarness(bindTestPorts, options.database);
  const log = pino({ level: process.env.LOG_LEVEL ?? 'silent' });
  const rooms = await createRooms({
    nodeId: crypto.randomUUID(),
    log,
    execute: harness.execute,
    roomKinds: new Map([...roomKinds, ...(options.roomKinds ?? []).map((kind) => [kind.kind, kind] as const)]),
    ...(redis ? { redisUrl: redis.url, prefix: redis.prefix } : {}),
  });
  harness.ports.bind(audiencePort, rooms.audience).bind(membershipPort, rooms.membership);
  harness.deliverTo((outbound) => {
    if (options.isPushed?.() ?? true) rooms.deliver(outbound);
  });
  let slowCloses = 0;
  const engine = await createEngine({
    kind: engineKind,
    log,
    trustedProxies: options.trustedProxies ?? [],
    fetch: options.fetch ?? (async () => new Response('not found', { status: 404 })),
    onSlowConsumer: () => void (slowCloses += 1),
  });
  const gateway = openGateway(harness, { rooms, options, log });
  gateway.attach(engine);
  rooms.attach(gateway.transport);
  const url = `http://127.0.0.1:${await engine.listen({ host: '127.0.0.1', port: 0 })}`;
  const sockets: TestSocket[] = [];
  return {
    url,
    harness,
    gateway,
    engine,
    rooms,
    slowCloses: () => slowCloses,
    connect(user, auth = {}) {
      const socket = connectTo(url, { ...(user ? { token: user.token } : {}), ...auth });
      sockets.push(socket);
      return socket;
    },
    evict: (eviction) => gateway.transport.evict(eviction),
    async close() {
      for (const { socket } of sockets) socket.close();
      await gateway.drain(0);
      await engine.close();
      await rooms.close();
      await harness.close();
    },
  };
}

function openGateway(
  { execute, database, tokens, clock, ports }: Harness,
  { rooms, options, log }: { rooms: Rooms; options: TestServerOptions; log: pino.Logger },
): Gateway {
  const sql = () => database.fork().getKysely() as unknown as Sql;
  return createGateway({
    execute,
    operations,
    errors,
    rooms,
    clock,
    log,
    authenticateMany: (given) => authenticateMany(database.fork(), tokens, given),
    inbox: {
      pullMany: (wants, limit) => pullInboxes(sql(), wants, limit),
      heads: (userIds) => inboxHeads(sql(), userIds),
      end: (epoch) => beginEpoch(sql(), epoch),
    },
    standing: {
      evictions: () => recentEvictions(sql(), clock),
      sessions: (sessionIds) => sessionStandings(database.fork(), sessionIds),
      blockedAmong: (userId, others) => blockedAmong(sql(), userId, others),
      mayStay: (actor, room) =>
        rooms.membership.admits(room, { actor, port: ports.get.bind(ports), db: database.fork(), now: new Date() }),
    },
    database: database.liveness,
    ...(options.onRefused ? { onRefused: options.onRefused } : {}),
    settings: { ...defaults, trustedProxies: options.trustedProxies ?? [], ...options.settings },
  });
}
