import type { Db, Sql } from '../kernel/define.ts';
import { recordEvictions } from '../kernel/evictions.ts';
import { appendInbox } from '../kernel/inbox.ts';
import { bump } from '../kernel/machine.ts';
import { databaseNow } from '../kernel/clock.ts';
import { candidatesFor, kindOf } from './addresses.ts';
import { userChanged } from './events.ts';
import { ownUserView } from './views.ts';

const clock = { offsetMs: 0 };

/**
 * Makes somebody an admin by the word of whoever runs the server, for the first admin there is. Only an account that
 * proved the address is meant, or one with that username: anybody may claim an address. Returns whether there is one.
 * Runs in a transaction of the caller.
 */
export async function grantAdmin({ db, sql }: { db: Db; sql: Sql }, identifier: string): Promise<boolean> {
  const [account] = await candidatesFor(db, identifier);
  const kind = kindOf(identifier);
  const proof = { email: account?.emailVerifiedAt, phone: account?.phoneVerifiedAt, username: account?.createdAt };
  if (!account || !proof[kind]) return false;
  account.roles = [...new Set([...account.roles, 'admin' as const])];
  bump(account, await databaseNow(sql, clock));
  await db.flush();
  const { type, entity } = userChanged;
  await recordEvictions(sql, [{ userId: account.id, recheck: true }], clock);
  await appendInbox(sql, [{ userId: account.id, type, data: { entity, ...ownUserView(account) } }], clock);
  return true;
}
