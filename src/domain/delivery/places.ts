import { sql, type RawBuilder } from 'kysely';
import type { Db, Sql, Tx } from '../kernel/define.ts';
import { idList } from '../kernel/plain-rows.ts';

// A hub keeps a place for each parcel from its purchase on, so that what was bought can be dropped off. One without a
// capacity has room for all.

/** As a condition on a hub of a statement: whether it has room for so many parcels more. */
export function hasRoom(parcels: number): RawBuilder<boolean> {
  return sql<boolean>`(hub.capacity is null
    or (select count(*) from hub_place place where place.hub_id = hub.id) + ${parcels}::int <= hub.capacity)`;
}

/** Whether a hub has no room for so many parcels more. Unlocked: what was free may be taken a moment later. */
export async function isFull(db: Db, hubId: string, parcels: number): Promise<boolean> {
  return !(await fits(db.getKysely(), hubId, parcels));
}

async function fits(db: Sql, hubId: string, parcels: number): Promise<boolean> {
  const { rows } = await sql<{ fits: boolean }>`
    select ${hasRoom(parcels)} as fits from hub where hub.id = ${hubId}`.execute(db);
  return rows[0]?.fits ?? false;
}

/**
 * Takes a place at a hub for each of some orders, or none where they do not all have room. Buyers of one hub with a
 * capacity take turns until the end of their transactions.
 */
export async function takePlaces(tx: Tx, hubId: string, orderIds: readonly string[]): Promise<boolean> {
  await tx.db.flush();
  const { rows } = await sql<{ bounded: boolean }>`
    select capacity is not null as bounded from hub where id = ${hubId}`.execute(tx.sql);
  if (rows[0]?.bounded) {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`hub_places:${hubId}`}, 0))`.execute(tx.sql);
    if (!(await fits(tx.sql, hubId, orderIds.length))) return false;
  }
  await keepPlaces(tx, hubId, orderIds);
  return true;
}

/** The same for what was paid late, whether there is room or not: money has moved, and a hub can be asked. */
export async function keepPlaces(tx: Tx, hubId: string, orderIds: readonly string[]): Promise<void> {
  const at = (await tx.now()).toISOString();
  await sql`
    insert into hub_place (order_id, hub_id, taken_at)
    select id, ${hubId}, ${at}::timestamptz from unnest(${`{${orderIds.join(',')}}`}::uuid[]) as orders (id)
    on conflict (order_id) do nothing`.execute(tx.sql);
}

/** Frees the places of orders. Harmless where there are none. */
export async function freePlaces(tx: Tx, orderIds: readonly string[]): Promise<void> {
  await sql`delete from hub_place where order_id = ${idList(orderIds)}`.execute(tx.sql);
}
