import { createTokens } from '../../src/domain/identity/index.ts';
import { openDatabase } from '../../src/domain/orm.ts';
import { createAccount } from '../support/factories.ts';
import type { TestUser } from '../support/harness.ts';
import { startOwnPostgres, type OwnPostgres } from '../support/own-postgres.ts';
import { startOwnRedis, type OwnRedis } from '../support/own-redis.ts';
import { tempFolder } from '../support/process.ts';
import { engineKind } from '../support/server.ts';
import { query } from '../support/services/postgres.ts';
import { startNode, type ClusterNode } from './node.ts';
import { openLine, type Line } from './line.ts';

/** Gateways and a worker as processes, on a PostgreSQL and a Redis of their own: everything here may be killed. */
export interface Cluster {
  /** The gateways. */
  readonly nodes: readonly ClusterNode[];
  readonly worker: ClusterNode;
  readonly postgres: OwnPostgres;
  readonly redis: OwnRedis;
  /** A way into the cluster, balanced over the nodes that are up; `home` is preferred while it is. */
  line(home?: ClusterNode): Promise<Line>;
  /** Signed-in people, written straight to the database. */
  people(count: number, fullName?: string): Promise<TestUser[]>;
  rows<Row>(statement: string): Promise<Row[]>;
  stop(): Promise<void>;
}

const jwtSecret = 'chaos-secret-of-32-characters-long';
const accessTtlMs = 4 * 3_600_000;

export async function startCluster(
  gateways: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<Cluster> {
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  };
  try {
    const postgres = await startOwnPostgres();
    if (!postgres) throw new Error('a cluster of its own needs an installed PostgreSQL with PostGIS');
    closers.push(() => postgres.remove());
    const redis = await startOwnRedis();
    closers.push(() => redis.remove());
    const { folder, remove } = await tempFolder();
    closers.push(remove);
    const env = {
      DATABASE_URL: postgres.url,
      // Nodes of a small machine: what is left of the server's connections is the tests'.
      DATABASE_POOL_MAX: '10',
      REDIS_URL: redis.url,
      DATA_DIR: folder,
      GATEWAY_ENGINE: engineKind,
      JWT_SECRET: jwtSecret,
      ACCESS_TTL: `${accessTtlMs}ms`,
      DRAIN_WINDOW: '1s',
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
      ...settings,
    };
    const start = (name: string, role: string) => startNode({ ...env, NODE_ID: name, ROLE: role });
    const names = Array.from({ length: gateways }, (_, index) => `gateway-${index + 1}`);
    const starting = [...names.map((name) => start(name, 'gateway')), start('worker', 'worker')];
    closers.push(() => Promise.allSettled(starting.map(async (node) => (await node).kill())));
    const all = await Promise.all(starting);
    const [nodes, worker] = [all.slice(0, gateways), all[gateways]!];
    return { nodes, worker, postgres, redis, ...accessTo(nodes, postgres), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function accessTo(nodes: readonly ClusterNode[], postgres: OwnPostgres): Pick<Cluster, 'line' | 'people' | 'rows'> {
  return {
    line: (home) =>
      openLine(() => {
        if (home?.state === 'up') return home.port;
        const up = nodes.filter(({ state }) => state === 'up');
        return up[Math.floor(Math.random() * up.length)]?.port ?? null;
      }),
    async people(count, fullName) {
      const database = await openDatabase({ url: postgres.url, poolMax: 2 });
      const tokens = createTokens({
        key: { secret: jwtSecret },
        accessTtlMs,
        refreshTtlMs: accessTtlMs,
        clock: { offsetMs: 0 },
      });
      const people: TestUser[] = [];
      const fields = fullName === undefined ? {} : { fullName };
      for (let made = 0; made < count; made += 1) people.push(await createAccount(database, tokens, fields));
      await database.close();
      return people;
    },
    rows: async <Row>(statement: string) => (await query(postgres.url, statement)) as Row[],
  };
}
