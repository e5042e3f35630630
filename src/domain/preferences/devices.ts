import { sql } from 'kysely';
import type { Sql, Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { DeviceId } from './entities.ts';
import type { AddressBook, PushTarget } from '../outbox/index.ts';

/**
 * A device counts while the session that registered it is open and its person may use the market: a logout, a
 * revocation and a suspension stop its pushes without touching it.
 */
const live = (now: Date) => sql`
  from device join session on session.id = device.session_id join account on account.id = device.user_id
  where session.revoked_at is null and session.expires_at > ${now.toISOString()}::timestamptz
    and session.user_id = device.user_id and account.suspended_at is null and account.deleted_at is null`;

export const addressBook: AddressBook = {
  async pushTargets(db, { deviceIds, now }) {
    // A recipient that is no id would fail the statement for all.
    const ids = deviceIds.filter((id) => DeviceId.safeParse(id).success);
    const { rows } = await sql<PushTarget & { id: string }>`
      select device.id, device.platform, device.push_token as "pushToken" ${live(now)}
        and device.id = any(${`{${ids.join(',')}}`}::uuid[])`.execute(db);
    return new Map(rows.map(({ id, ...target }) => [id, target]));
  },
  async removeDevice(tx: Tx, deviceId) {
    await sql`delete from device where id = ${deviceId}`.execute(tx.sql);
  },
};

/** Devices that may be pushed to, of many people. */
export async function devicesOf(
  db: Sql,
  { userIds, now }: { userIds: readonly UserId[]; now: Date },
): Promise<Map<string, string[]>> {
  const { rows } = await sql<{ id: string; userId: string }>`
    select device.id, device.user_id as "userId" ${live(now)}
      and device.user_id = any(${`{${userIds.join(',')}}`}::uuid[])
    order by device.id`.execute(db);
  const byUser = Map.groupBy(rows, ({ userId }) => userId);
  return new Map([...byUser].map(([userId, own]) => [userId, own.map(({ id }) => id)]));
}
