import { sql } from 'kysely';
import type { Sql } from '../../src/domain/kernel/index.ts';
import type { Database } from '../../src/domain/orm.ts';

/**
 * Of every table how many rows it has and which transaction wrote last to it: two equal fingerprints mean that nothing
 * was written in between, not even what was there already.
 */
export async function fingerprint(database: Database): Promise<Record<string, string>> {
  const db = database.fork().getKysely() as unknown as Sql;
  const { rows: tables } = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'spatial_ref_sys'`.execute(db);
  const hashes = tables.map(
    ({ name }) => sql`
    select ${name}::text as name, count(*) || ' ' || coalesce(max(xmin::text::bigint), 0) as hash
    from ${sql.table(name)} t`,
  );
  const { rows } = await sql<{ name: string; hash: string }>`${sql.join(hashes, sql` union all `)}`.execute(db);
  return Object.fromEntries(rows.map(({ name, hash }) => [name, hash]));
}
