import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { holdDataDir, StartError } from './data-dir.ts';
import type { Execute } from './domain/kernel/index.ts';
import { migrate } from './domain/migrate.ts';
import { openDatabase, type Database } from './domain/orm.ts';
import { roomKinds } from './domain/registry.ts';
import type { ScheduleStore } from './jobs/index.ts';
import type { Log } from './log.ts';
import { createRooms, type Rooms } from './rooms/index.ts';

/** Called in reverse order when the server stops. */
export type OnStop = (close: () => Promise<unknown>) => void;

export interface Databases {
  readonly main: Database;
  /** Answers queries: the replica when there is one, else the main database. */
  readonly reads: Database;
}

/** Opens and migrates. What the operator can mend is told in one line. */
export async function openDatabases(config: Config, { log, onStop }: { log: Log; onStop: OnStop }): Promise<Databases> {
  const needsFolder = !config.DATABASE_URL || !config.S3_BUCKET;
  if (needsFolder) onStop(await holdDataDir(config.DATA_DIR, { alone: !config.DATABASE_URL }));
  if (!config.DATABASE_URL && !existsSync(databaseFolder(config))) {
    log.info({ folder: config.DATA_DIR }, 'making the embedded database; the first start takes some seconds');
  }
  const main = await openOne('DATABASE_URL', config.DATABASE_URL, config);
  onStop(() => main.close());
  await migrate(main);
  tellOutages(main, { log, name: 'database' });
  if (!config.DATABASE_READ_URL) return { main, reads: main };
  const reads = await openOne('DATABASE_READ_URL', config.DATABASE_READ_URL, config);
  onStop(() => reads.close());
  tellOutages(reads, { log, name: 'read replica' });
  return { main, reads };
}

/** One line when it goes and one when it is back; what fails in between says nothing new. */
function tellOutages({ liveness }: Database, { log, name }: { log: Log; name: string }): void {
  let wentAt = 0;
  liveness.onChange((cause) => {
    if (cause) {
      wentAt = performance.now();
      log.warn({ err: cause }, `the ${name} is away`);
    } else {
      log.warn({ awayMs: Math.round(performance.now() - wentAt) }, `the ${name} is back`);
    }
  });
}

function databaseFolder(config: Config): string {
  return join(config.DATA_DIR, 'database');
}

async function openOne(variable: string, url: string | undefined, config: Config): Promise<Database> {
  try {
    return await openDatabase(
      url
        ? {
            url,
            poolMax: config.DATABASE_POOL_MAX,
            prepare: config.DATABASE_PREPARE,
            writable: variable === 'DATABASE_URL',
          }
        : { dataDir: databaseFolder(config) },
    );
  } catch (error) {
    if (url) throw new StartError(`${variable} cannot be used: ${reason(error)}`);
    throw new StartError(`the embedded database in ${config.DATA_DIR} cannot be opened: ${reason(error)}`);
  }
}

export async function openRooms(config: Config, { log, execute }: { log: Log; execute: Execute }): Promise<Rooms> {
  try {
    return await createRooms({ redisUrl: config.REDIS_URL, nodeId: config.NODE_ID, log, roomKinds, execute });
  } catch (error) {
    throw new StartError(`REDIS_URL cannot be used: ${reason(error)}`);
  }
}

/** The schedule lives where `JOBS_URL` says, else beside the data. */
export async function scheduleStore(config: Config, database: Database): Promise<ScheduleStore> {
  const url = config.JOBS_URL ?? config.DATABASE_URL;
  if (url) return { url };
  const engine = await database.native();
  if (!engine) throw new Error('the embedded database has an engine');
  return { engine };
}

/** The first line of an error, without what drivers wrap around it. */
export function reason(error: unknown): string {
  const errors = error instanceof AggregateError ? error.errors : [error];
  return errors.map((one: unknown) => (one instanceof Error ? one.message : String(one)).split('\n')[0]).join('; ');
}
