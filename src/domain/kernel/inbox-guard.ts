import { sql } from 'kysely';
import type { Sql } from './define.ts';

/** Asks one statement on one connection. */
export type Ask = (statement: string) => Promise<readonly Record<string, unknown>[]>;

/**
 * Makes the check that a database is where the inbox log was written, for every connection before it is used: nothing
 * must be numbered in an epoch that is over.
 *
 * The database itself notices a restore from a dump, a promotion and a clone. Of a snapshot of its disk that was put
 * back it knows nothing, but we do: the journal got further than it now is. It never goes back otherwise, not even when
 * the server is killed. What the journal lost of the time since the last check, about a second, is not noticed by this.
 */
export function createInboxGuard(): (ask: Ask) => Promise<void> {
  let last = { epoch: '', written: 0 };
  return async (ask) => {
    const before = last;
    const rows = await ask('select inbox_current_epoch() as epoch, inbox_written()::text as written');
    const { epoch, written } = rows[0] as { epoch: string; written: string | null };
    // Null where the provider does not tell.
    const bytes = Number(written ?? 0);
    if (epoch !== before.epoch || bytes >= before.written) {
      last = epoch === last.epoch ? { epoch, written: Math.max(bytes, last.written) } : { epoch, written: bytes };
      return;
    }
    await ask(`select inbox_begin_epoch('${epoch.replaceAll("'", "''")}')`);
    last = { epoch: '', written: 0 };
  };
}

/**
 * Ends an epoch whose log went back. Of many calls for one epoch the first begins the next. Null ends whichever holds.
 * Returns the epoch that holds then.
 */
export async function beginEpoch(db: Sql, ended: string | null): Promise<string> {
  const { rows } = await sql<{ epoch: string }>`select inbox_begin_epoch(${ended}) as epoch`.execute(db);
  return rows[0]?.epoch ?? '';
}
