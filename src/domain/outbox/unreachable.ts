import { sql } from 'kysely';
import type { Sql } from '../kernel/define.ts';

/** Which recipients of these people refused lately, as `<channel> <recipient>`. */
export async function unreachableAmong(
  db: Sql,
  { userIds, now }: { userIds: readonly string[]; now: Date },
): Promise<Set<string>> {
  const { rows } = await sql<{ name: string }>`
    select channel || ' ' || recipient as name from unreachable_recipient
    where user_id = any(${`{${userIds.join(',')}}`}::uuid[]) and until > ${now.toISOString()}::timestamptz`.execute(db);
  return new Set(rows.map(({ name }) => name));
}
