import { sql } from 'kysely';
import type { Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';

/** Two people between whom a block has begun or ended. */
export interface BlockChange {
  readonly one: UserId;
  readonly other: UserId;
}

/** Notes that others have to follow a block of two people, or the end of it. */
export async function noteBlockChange(tx: Tx, one: string, other: string): Promise<void> {
  const [first, second] = one < other ? [one, other] : [other, one];
  const at = (await tx.now()).toISOString();
  await sql`
    insert into block_change (one, other, at) values (${first}, ${second}, ${at}::timestamptz)
    on conflict (one, other) do update set at = excluded.at`.execute(tx.sql);
}

/** Takes over changes of blocks; each is handed out once. */
export async function claimBlockChanges(tx: Tx, limit: number): Promise<readonly BlockChange[]> {
  const { rows } = await sql<BlockChange>`
    delete from block_change where (one, other) in (
      select one, other from block_change order by at limit ${limit} for update skip locked)
    returning one::text, other::text`.execute(tx.sql);
  return rows;
}
