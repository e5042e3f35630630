import { PgliteDriver, type PgliteConnection } from '@mikro-orm/pglite';
import { MikroORM, PostgreSqlDriver, type EntityManager } from '@mikro-orm/postgresql';
import { citext } from '@electric-sql/pglite/contrib/citext';
import { pg_trgm as trigrams } from '@electric-sql/pglite/contrib/pg_trgm';
import { postgis } from '@electric-sql/pglite-postgis';
import type { PGlite } from '@electric-sql/pglite';
import { Client, type ClientConfig } from 'pg';
import { alwaysThere, type Ask, type Sql } from './kernel/index.ts';
import { cut, watchLiveness, type LivenessWatch } from './liveness.ts';
import { PgClient } from './pg-client.ts';
import { entities } from './registry.ts';

/** Where the data lives: a server by URL, or the embedded PostgreSQL in a folder (`memory://` keeps nothing). */
export type DatabaseTarget = ServerTarget | { readonly dataDir: string };

export interface ServerTarget {
  readonly url: string;
  readonly poolMax: number;
  /** False where a pooler hands each transaction another connection without keeping prepared statements. */
  readonly prepare?: boolean;
  /** Whether it is asked for writes too; then a standby counts as away. Default true. */
  readonly writable?: boolean;
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
  readonly liveness: Omit<LivenessWatch, 'stop'>;
  /** Runs the check now, and on a server for each connection before it is used; failing it makes the server away. */
  guard(check: (ask: Ask) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** SQLSTATE of a connection that cannot be made. */
class AwayError extends Error {
  override readonly name = 'AwayError';
  readonly code = '08001';
}

/**
 * The connections of one pool, those still being made too. While the server is away they are cut, so that what runs on
 * them fails now and is rolled back there, and no new one is tried: whoever waits for a connection is refused at once.
 */
class Connections {
  isOpen = true;
  readonly #clients = new Set<Client>();

  /** The class that the pool makes its clients of. */
  clientOf(Base: typeof Client): typeof Client {
    // oxlint-disable-next-line typescript/no-this-alias -- The class below has a `this` of its own.
    const all = this;
    return class extends Base {
      constructor(config?: string | ClientConfig) {
        super(config);
        all.#clients.add(this);
        this.once('end', () => all.#clients.delete(this));
      }

      override connect = ((done: (error: Error) => void) => {
        if (all.isOpen) return super.connect(done);
        all.#clients.delete(this);
        process.nextTick(done, new AwayError('the database is away'));
      }) as Client['connect'];
    };
  }

  cut(): void {
    for (const client of this.#clients) cut(client);
  }
}

interface PoolView {
  readonly options: ClientConfig;
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

async function openServer({ url, poolMax, prepare = true, writable = true }: ServerTarget): Promise<Database> {
  const connections = new Connections();
  let check: ((ask: Ask) => Promise<void>) | undefined;
  const confirm = async (client: Client) => check?.(async (statement) => (await client.query(statement)).rows);
  const orm = await MikroORM.init({
    ...common,
    driver: PostgreSqlDriver,
    clientUrl: url,
    pool: { min: 0, max: poolMax },
    driverOptions: {
      Client: connections.clientOf(prepare ? PgClient : Client),
      connectionTimeoutMillis: 5_000,
      // A statement or a forgotten transaction must not hold locks for ever.
      statement_timeout: 30_000,
      idle_in_transaction_session_timeout: 30_000,
      onConnect: (client: Client) =>
        confirm(client).catch((error: unknown) => {
          throw new AwayError('the database does not hold what it should', { cause: error });
        }),
    },
  });
  const fork = () => orm.em.fork();
  try {
    await orm.em.getConnection().execute('select 1');
  } catch (error) {
    await orm.close(true);
    throw error;
  }
  const connection = orm.em.getConnection() as unknown as { getNativeClient(): Promise<PoolView> };
  const pool = await connection.getNativeClient();
  const liveness = watchLiveness({
    // The pool hides its password from copies.
    connection: { ...pool.options, password: pool.options.password, application_name: 'soko-liveness' },
    writable,
    confirm,
    onLost: () => {
      connections.isOpen = false;
      connections.cut();
    },
  });
  liveness.onChange((cause) => (connections.isOpen = cause === null));
  return {
    kind: 'postgres',
    orm,
    fork,
    liveness,
    async guard(given) {
      check = given;
      await given(async (statement) => orm.em.getConnection().execute(statement));
    },
    sql: orm.em.getKysely() as unknown as Sql,
    script: (source) =>
      fork().transactional(async (em) => {
        await em.getConnection().execute(source, [], 'run', em.getTransactionContext());
      }),
    native: async () => null,
    pool: () => ({ used: pool.totalCount - pool.idleCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: async () => {
      liveness.stop();
      await orm.close(true);
    },
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
    liveness: { ...alwaysThere, onChange: () => {} },
    guard: (check) => check(async (statement) => orm.em.getConnection().execute(statement)),
    sql: orm.em.getKysely() as unknown as Sql,
    script: (source) => native.transaction(async (tx) => void (await tx.exec(source))),
    native: async () => native,
    pool: () => null,
    close: () => orm.close(true),
  };
}
