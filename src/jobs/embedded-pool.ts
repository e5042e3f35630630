import type { PGlite } from '@electric-sql/pglite';
import type { Pool } from 'pg';

const timestamps = [1082, 1114, 1184];
// The server's connection hands dates out as text for the ORM; Agenda compares them as dates.
const parsers = Object.fromEntries(timestamps.map((oid) => [oid, (text: string) => new Date(text)]));

/**
 * The two methods of a `pg` pool that Agenda calls, over the embedded engine. The engine queues statements behind an
 * open transaction, so a poll never reads or writes inside someone else's.
 */
export function embeddedPool(engine: PGlite): Pool {
  const query = async (text: string, values: unknown[] = []) => {
    if (values.length === 0) {
      // Agenda's schema comes as scripts of several statements, which only `exec` takes.
      const results = await engine.exec(text, { parsers });
      const last = results.at(-1);
      return { rows: last?.rows ?? [], rowCount: last?.affectedRows ?? 0 };
    }
    const { rows, affectedRows } = await engine.query(text, values, { parsers });
    return { rows, rowCount: Math.max(affectedRows ?? 0, rows.length) };
  };
  const client = { query, release: () => {} };
  return { query, connect: async () => client } as unknown as Pool;
}
