import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { migrate } from '../../src/domain/migrate.ts';
import { openDatabase, type DatabaseTarget } from '../../src/domain/orm.ts';

export interface TestDatabase {
  readonly target: DatabaseTarget;
  drop(): Promise<void>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const templateLock = 7_305_620;

/**
 * A migrated database of its own for one test file: on the server of DATABASE_URL, else embedded in a temporary folder.
 * Both are copies of a template that is made once for each state of migrations/.
 */
export async function newDatabaseTarget(): Promise<TestDatabase> {
  const server = process.env.DATABASE_URL;
  return server ? newServerDatabase(server) : newEmbeddedDatabase();
}

async function newServerDatabase(server: string): Promise<TestDatabase> {
  const name = `test_${crypto.randomUUID().replaceAll('-', '')}`;
  const template = `test_template_${await stateOfMigrations()}`;
  await administer(server, async (query) => {
    // A template must have no other visitor while it is made or copied, so test files take turns.
    await query(`select pg_advisory_lock(${templateLock})`);
    const known = await query(`select 1 from pg_database where datname = '${template}' and datistemplate`);
    if (known.length === 0) await makeServerTemplate(server, { template, query });
    // By files a third of the work, and none of it written to the log first.
    await query(`create database ${name} template ${template} strategy file_copy`);
  });
  const drop = () =>
    administer(server, async (query) => void (await query(`drop database if exists ${name} with (force)`)));
  // Two dozen who race find a connection each: one that is waited for longer than five seconds is refused.
  return { target: { url: withDatabase(server, name), poolMax: 25 }, drop };
}

type Run = (statement: string) => Promise<{ datname?: string }[]>;

async function makeServerTemplate(
  server: string,
  { template, query }: { template: string; query: Run },
): Promise<void> {
  for (const { datname } of await query(`select datname from pg_database where datname like 'test\\_template\\_%'`)) {
    await query(`alter database ${datname} is_template false`);
    await query(`drop database ${datname} with (force)`);
  }
  await query(`create database ${template}`);
  await migrated({ url: withDatabase(server, template), poolMax: 2 });
  await query(`alter database ${template} is_template true`);
}

/** Runs statements on one connection. */
async function administer(server: string, work: (query: Run) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await work(async (statement) => (await client.query(statement)).rows as { datname?: string }[]);
  } finally {
    await client.end();
  }
}

function withDatabase(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

async function newEmbeddedDatabase(): Promise<TestDatabase> {
  const template = await embeddedTemplate();
  const folder = await mkdtemp(join(tmpdir(), 'soko-embedded-'));
  await cp(template, folder, { recursive: true });
  return { target: { dataDir: folder }, drop: () => rm(folder, { recursive: true, force: true }) };
}

/** Puts a migrated database where a server on this DATA_DIR looks for its own; a first start would take longer. */
export async function fillDataDir(folder: string): Promise<void> {
  await cp(await embeddedTemplate(), join(folder, 'database'), { recursive: true });
}

/** The folder to copy. Two files that make it at once both succeed: the second finds the first one's and keeps it. */
async function embeddedTemplate(): Promise<string> {
  const cache = join(root, 'node_modules/.cache/soko');
  const template = join(cache, `embedded-${await stateOfMigrations()}`);
  if (await exists(template)) return template;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(`${template}-`);
  try {
    await migrated({ dataDir: draft });
    await rename(draft, template).catch(() => {});
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return template;
}

async function migrated(target: DatabaseTarget): Promise<void> {
  const database = await openDatabase(target);
  try {
    await migrate(database);
  } finally {
    await database.close();
  }
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Changes with the migrations and with the embedded engine's version. */
async function stateOfMigrations(): Promise<string> {
  const folder = join(root, 'migrations');
  const files = (await readdir(folder)).toSorted();
  const sources = await Promise.all(
    [...files.map((file) => join(folder, file)), join(root, 'package.json')].map((path) => readFile(path)),
  );
  const hash = createHash('sha256');
  for (const source of sources) hash.update(source);
  return hash.digest('hex').slice(0, 12);
}
