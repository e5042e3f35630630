import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { createInboxGuard } from './kernel/index.ts';
import type { Database } from './orm.ts';

const folder = fileURLToPath(new URL('../../migrations/', import.meta.url));
const fileName = /^\d{4}_[a-z0-9_]+\.sql$/;

/**
 * Applies the numbered SQL files that this database has not seen, each in a transaction of its own. Forward only.
 * Nodes that start together take turns: each file's transaction takes one advisory lock and looks again. A database
 * that is a copy of another begins its inbox log anew, here and on every later connection.
 */
export async function migrate(database: Database): Promise<string[]> {
  await database.script(`
    select pg_advisory_xact_lock(7305610);
    create table if not exists migration (name text primary key, applied_at timestamptz not null default now());`);
  const applied: string[] = [];
  for (const name of await pendingMigrations(database)) {
    const source = await readFile(`${folder}${name}`, 'utf8');
    await database.script(guarded(name, source));
    applied.push(name);
  }
  await database.guard(createInboxGuard());
  return applied;
}

/** Names of the files that are not applied yet, in order. Not empty means: this node is not ready. */
export async function pendingMigrations(database: Database): Promise<string[]> {
  const files = (await readdir(folder)).filter((file) => fileName.test(file)).toSorted();
  const { rows } = await sql<{ name: string }>`select name from migration`.execute(
    database.fork().getKysely() as never,
  );
  const known = new Set(rows.map((row) => row.name));
  return files.filter((file) => !known.has(file));
}

/** The file's statements run as one `execute` of a block, skipped when another node was faster. */
function guarded(name: string, source: string): string {
  return `
    select pg_advisory_xact_lock(7305610);
    do $guard$ begin
      if exists (select 1 from migration where name = '${name}') then return; end if;
      execute $migration$${source}$migration$;
      insert into migration (name) values ('${name}');
    end $guard$;`;
}
