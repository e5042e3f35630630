import { sql } from 'kysely';
import type { Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { unreachableAmong, type Channel, type Locale } from '../outbox/index.ts';
import { devicesOf, preferencesOf, type Preferred } from '../preferences/index.ts';

/** Where and how a person may be written to. */
export interface Person {
  readonly userId: UserId;
  readonly locale: Locale;
  readonly preferred: Preferred;
  readonly addresses: readonly { readonly channel: Channel; readonly recipient: string }[];
}

interface AccountRow {
  readonly id: UserId;
  readonly locale: Locale;
  readonly email: string | null;
  readonly phone: string | null;
  readonly telegram: string | null;
}

/**
 * People who may be told something: those who are gone are absent, and of addresses only proven ones count, that did
 * not refuse lately.
 */
export async function peopleOf(tx: Tx, userIds: readonly UserId[]): Promise<Map<string, Person>> {
  const now = await tx.now();
  const { rows } = await sql<AccountRow>`
    select id, locale, telegram_id::text as telegram,
           case when email_verified_at is not null then email end as email,
           case when phone_verified_at is not null then phone end as phone
    from account where id = any(${`{${userIds.join(',')}}`}::uuid[]) and deleted_at is null`.execute(tx.sql);
  const ids = rows.map(({ id }) => id);
  const preferred = await preferencesOf(tx.db, ids);
  const devices = await devicesOf(tx.sql, { userIds: ids, now });
  const refused = await unreachableAmong(tx.sql, { userIds: ids, now });
  return new Map(
    rows.map((row) => {
      const known: [Channel, string | null][] = [
        ['email', row.email],
        ['sms', row.phone],
        ['telegram', row.telegram],
        ...(devices.get(row.id) ?? []).map((device): [Channel, string] => ['push', device]),
      ];
      const addresses = known.flatMap(([channel, recipient]) =>
        recipient === null || refused.has(`${channel} ${recipient}`) ? [] : [{ channel, recipient }],
      );
      return [row.id, { userId: row.id, locale: row.locale, preferred: preferred.get(row.id)!, addresses }];
    }),
  );
}
