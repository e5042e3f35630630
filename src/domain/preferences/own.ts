import { sql } from 'kysely';
import type { Db, Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { PreferenceEntity, type Preference } from './entities.ts';
import { defaultPreference } from './views.ts';

/** Whether there is such a person; while the transaction lasts, they do not leave. */
export async function isPresent(tx: Tx, userId: UserId): Promise<boolean> {
  const { rows } = await sql`
    select from account where id = ${userId} and deleted_at is null for key share`.execute(tx.sql);
  return rows.length > 0;
}

/** Makes the row of a person who never changed anything, so that there is something to lock. */
export async function lockOwn(tx: Tx, userId: UserId): Promise<void> {
  const { frequency, digestHour, timezone } = defaultPreference;
  const now = (await tx.now()).toISOString();
  await sql`
    insert into preference (id, version, channels, frequency, digest_hour, timezone, categories, cities,
      created_at, updated_at)
    values (${userId}, 0, '{}', ${frequency}, ${digestHour}, ${timezone}, '{}', '{}',
      ${now}::timestamptz, ${now}::timestamptz)
    on conflict (id) do nothing`.execute(tx.sql);
}

export type Preferred = Omit<Preference, 'createdAt' | 'updatedAt' | 'id'>;

/** How people want to hear of things, by their id; those who never said so by default. */
export async function preferencesOf(db: Db, userIds: readonly UserId[]): Promise<Map<string, Preferred>> {
  const rows = await db.find(PreferenceEntity, { id: { $in: [...new Set(userIds)] } });
  const own = new Map<string, Preferred>(rows.map((row) => [row.id, row]));
  return new Map(userIds.map((userId) => [userId, own.get(userId) ?? defaultPreference]));
}
