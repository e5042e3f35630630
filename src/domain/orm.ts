import { PgliteDriver, type PgliteConnection } from '@mikro-orm/pglite';
import { MikroORM, PostgreSqlDriver, type EntityManager } from '@mikro-orm/postgresql';
import { citext } from '@electric-sql/pglite/contrib/citext';
import { pg_trgm as trigrams } from '@electric-sql/pglite/contrib/pg_trgm';
import { postgis } from '@electric-sql/pglite-postgis';
import type { PGlite } from '@electric-sql/pglite';
import { PgClient } from './pg-client.ts';
import type { Sql } from './kernel/index.ts';
import { entities } from './registry.ts';

/** Where the data lives: a server by URL, or the embedded PostgreSQL in a folder (`memory://` keeps nothing). */
export type DatabaseTarget = ServerTarget | { readonly dataDir: string };

export interface ServerTarget {
  readonly url: string;
  readonly poolMax: number;
  /** False where a pooler hands each transaction another connection without keeping prepared statements. */
  readonly prepare?: boolean;
}

export interface Database {
  readonly kind: 'postgres' | 'embedded';
  readonly orm: MikroORM;
  /** A fresh entity manager with an empty identity map. */
  fork(): EntityManager;
  /** The pool, for statements of their own and transactions. */
  readonly sql: Sql;
  /** Runs a script of several statements in one transaction. */
  script(source: string): Promise<void>;
  /** The embedded engine, for parts that need a raw connection to it; null on a server. */
  native(): Promise<PGlite | null>;
  /** Connections by state; null on the embedded engine, which has one. */
  pool(): { used: number; idle: number; waiting: number } | null;
  close(): Promise<void>;
}

interface PoolCounts {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

const common = {
  entities: entities as never[],
  // The schema is in migrations/, written by hand; rows come from our own code only.
  validateRequired: false,
  forceUtcTimezone: true,
  discovery: { checkDuplicateTableNames: true },
} as const;

/** Opens the database and proves that it answers. Throws the driver's error when it does not. */
export async function openDatabase(target: DatabaseTarget): Promise<Database> {
  return 'url' in target ? openServer(target) : openEmbedded(target.dataDir);
}

async function openServer({ url, poolMax, prepare = true }: ServerTarget): Promise<Database> {
  const orm = await MikroORM.init({
    ...common,
    driver: PostgreSqlDriver,
    clientUrl: url,
    pool: { min: 0, max: poolMax },
    driverOptions: {
      ...(prepare ? { Client: PgClient } : {}),
      connectionTimeoutMillis: 5_000,
      // A statement or a forgotten transaction must not hold locks for ever.
      statement_timeout: 30_000,
      idle_in_transaction_session_timeout: 30_000,
    },
  });
  const fork = () => orm.em.fork();
  try {
    await orm.em.getConnection().execute('select 1');
  } catch (error) {
    await orm.close(true);
    throw error;
  }
  const connection = orm.em.getConnection() as unknown as { getNativeClient(): Promise<PoolCounts> };
  const counts = await connection.getNativeClient();
  return {
    kind: 'postgres',
    orm,
    fork,
    sql: orm.em.getKysely() as unknown as Sql,
    script: (source) =>
      fork().transactional(async (em) => {
        await em.getConnection().execute(source, [], 'run', em.getTransactionContext());
      }),
    native: async () => null,
    pool: () => ({ used: counts.totalCount - counts.idleCount, idle: counts.idleCount, waiting: counts.waitingCount }),
    close: () => orm.close(true),
  };
}

async function openEmbedded(dataDir: string): Promise<Database> {
  const orm = (await MikroORM.init({
    ...common,
    driver: PgliteDriver,
    dbName: dataDir,
    driverOptions: { extensions: { postgis, citext, pg_trgm: trigrams } },
  } as never)) as unknown as MikroORM;
  const connection = orm.em.getConnection() as unknown as PgliteConnection;
  await orm.em.getConnection().execute('select 1');
  const native = await connection.getNativeClient();
  return {
    kind: 'embedded',
    orm,
    fork: () => orm.em.fork(),
    sql: orm.em.getKysely() as unknown as Sql,
    script: (source) => native.transaction(async (tx) => void (await tx.exec(source))),
    native: async () => native,
    pool: () => null,
    close: () => orm.close(true),
  };
}
