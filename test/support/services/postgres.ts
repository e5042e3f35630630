import { glob, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import pg from 'pg';
import { freePort } from '../free-port.ts';
import { hold, newFolder, waitFor, type Owner } from './held-process.ts';
import { run, which } from './run.ts';
import type { Service } from './server.ts';

const places = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/usr/local/pgsql/bin',
  '/opt/homebrew/opt/postgresql@*/bin',
  '/usr/local/opt/postgresql@*/bin',
  '/Applications/Postgres.app/Contents/Versions/*/bin',
];

/** Starts an installed PostgreSQL that has PostGIS, newest first, in a temporary folder; null when there is none. */
export async function startLocalPostgres(): Promise<Service | null> {
  for (const folder of await binFolders()) {
    const service = await startPostgres(folder);
    if (await hasPostgis(service.url)) return service;
    await service.stop();
  }
  return null;
}

/** Throws when the server does not answer or cannot provide PostGIS. */
export async function checkPostgres(url: string): Promise<void> {
  if (!(await hasPostgis(url))) throw new Error('the PostgreSQL of DATABASE_URL has no PostGIS extension to create');
}

/** Folders that hold a whole PostgreSQL, newest first. */
export async function binFolders(): Promise<string[]> {
  const inPath = await which('postgres');
  const found: string[] = [];
  for await (const folder of glob(places)) found.push(folder);
  const newestFirst = found.toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  const folders = [...newestFirst, ...(inPath ? [dirname(inPath)] : [])];
  const complete = await Promise.all(
    folders.map((folder) =>
      stat(`${folder}/initdb`).then(
        () => true,
        () => false,
      ),
    ),
  );
  return folders.filter((_, index) => complete[index]);
}

/** A new, empty data folder and the user who may serve it. */
export interface Cluster {
  readonly folder: string;
  readonly owner: Owner | undefined;
}

export async function initCluster(binFolder: string): Promise<Cluster> {
  const owner = process.getuid?.() === 0 ? await unprivilegedOwner() : undefined;
  const folder = await newFolder('postgres', owner);
  const locale = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8';
  await run(
    `${binFolder}/initdb`,
    ['-D', folder, '-U', 'soko', '-A', 'trust', '-E', 'UTF8', `--locale=${locale}`, '--no-sync'],
    { cwd: folder, ...owner },
  );
  return { folder, owner };
}

async function startPostgres(binFolder: string): Promise<Service> {
  const { folder, owner } = await initCluster(binFolder);
  const port = await freePort();
  const url = `postgres://soko@127.0.0.1:${port}/postgres`;
  // Tests lose nothing that a power cut would take, so nothing waits for the disk.
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=300',
    'shared_buffers=128MB',
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
    'timezone=UTC',
    'log_statement=none',
  ];
  const server = hold(
    [`${binFolder}/postgres`, '-D', folder, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { folder, owner },
  );
  try {
    await waitFor(() => query(url, 'select 1').then(() => {}), 20_000);
  } catch (error) {
    const log = server.log();
    await server.stop();
    throw new Error(`PostgreSQL of ${binFolder} did not start:\n${log}`, { cause: error });
  }
  return { url, origin: `PostgreSQL of ${binFolder}, started for this run`, stop: server.stop };
}

/** The user `postgres` where the distribution made one, else `nobody`. */
async function unprivilegedOwner(): Promise<Owner> {
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!user) throw new Error('PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

async function hasPostgis(url: string): Promise<boolean> {
  const rows = await query(url, `select 1 from pg_available_extensions where name = 'postgis'`);
  return rows.length > 0;
}

/** Runs one statement on a connection of its own. */
export async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(statement)).rows as unknown[];
  } finally {
    await client.end();
  }
}
