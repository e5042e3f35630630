import { sql } from 'kysely';
import type { Meta, Tx } from '../kernel/define.ts';
import { networkOf } from '../kernel/network.ts';
import type { Device } from './devices.ts';

/** Notes where somebody signs in; true when neither this device nor a first sign-in explains it. */
export async function noteOrigin(
  tx: Tx,
  userId: string,
  { meta, device, country }: { meta: Meta; device: Device; country: string | null },
): Promise<boolean> {
  const now = (await tx.now()).toISOString();
  const name = device.name ?? '';
  const { rows } = await sql<{ is_new: boolean }>`
    with before as materialized (
      select count(*) as origins, count(*) filter (where device = ${name}) as devices,
             count(*) filter (where country is not distinct from ${country}::text) as countries
      from known_origin where user_id = ${userId}
    ), noted as (
      insert into known_origin (user_id, device, network, country, seen_at)
      values (${userId}, ${name}, ${networkOf(meta.ip)}, ${country}::text, ${now}::timestamptz)
      on conflict (user_id, device, network) do update set country = excluded.country, seen_at = excluded.seen_at
    )
    select origins > 0 and (devices = 0 or countries = 0) as is_new from before`.execute(tx.sql);
  return rows[0]?.is_new ?? false;
}
