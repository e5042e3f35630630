import type { PGlite } from '@electric-sql/pglite';
import { MongoBackend } from '@agendajs/mongo-backend';
import { PostgresBackend } from '@agendajs/postgres-backend';
import type { AgendaBackend } from 'agenda';
import { MongoClient } from 'mongodb';
import { Pool } from 'pg';
import { embeddedPool } from './embedded-pool.ts';

/** Where the schedule lives: `mongodb://…`, `postgres://…`, or the embedded engine. */
export type ScheduleStore = { readonly url: string } | { readonly engine: PGlite };

export interface OpenBackend {
  readonly kind: 'mongodb' | 'postgres' | 'embedded';
  readonly backend: AgendaBackend;
  /** Runs `connect` while no other node creates the schedule's tables. */
  alone<T>(connect: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Opens the store and proves that it answers. `onError` hears of idle connections that break later. */
export async function openBackend(store: ScheduleStore, onError: (error: Error) => void): Promise<OpenBackend> {
  if ('engine' in store) return openEmbedded(store.engine);
  return /^mongodb(\+srv)?:/.test(store.url) ? openMongo(store.url) : openPostgres(store.url, onError);
}

function openEmbedded(engine: PGlite): OpenBackend {
  const backend = new PostgresBackend({ pool: embeddedPool(engine), disableNotifications: true });
  return { kind: 'embedded', backend, alone: (connect) => connect(), close: async () => {} };
}

async function openPostgres(url: string, onError: (error: Error) => void): Promise<OpenBackend> {
  const pool = new Pool({
    connectionString: url,
    max: 6,
    connectionTimeoutMillis: 5_000,
    application_name: 'soko-jobs',
  });
  pool.on('error', onError);
  // The pool does not listen to a connection that is in use; unheard, its loss would end the process.
  pool.on('connect', (client) => client.on('error', onError));
  await pool.query('select 1');
  const backend = new PostgresBackend({ pool });
  // It connects again by itself; unheard, the loss of its connection would end the process.
  backend.notificationChannel?.on('error', onError);
  return {
    kind: 'postgres',
    backend,
    async alone(connect) {
      const client = await pool.connect();
      try {
        // `create table if not exists` of two nodes at once fails; they take turns.
        await client.query('select pg_advisory_lock(7305611)');
        return await connect();
      } finally {
        await client.query('select pg_advisory_unlock(7305611)');
        client.release();
      }
    },
    close: () => pool.end(),
  };
}

async function openMongo(url: string): Promise<OpenBackend> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5_000, appName: 'soko-jobs' });
  await client.connect();
  const backend = new MongoBackend({ mongo: client.db() });
  return { kind: 'mongodb', backend, alone: (connect) => connect(), close: () => client.close() };
}
