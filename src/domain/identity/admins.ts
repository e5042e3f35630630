import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import type { UserActor } from '../kernel/actor.ts';
import type { Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { AccountEntity, type Account } from './entities.ts';

export type AdminRefusal = 'users.not_found' | 'users.yourself' | 'auth.forbidden';

/** Admins who can act now. Locked, in one order: changes of who is admin take turns. */
export async function lockAdmins(tx: Tx): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    select id from account
    where 'admin' = any (roles) and suspended_at is null and deleted_at is null order by id for update`.execute(tx.sql);
  return new Set(rows.map(({ id }) => id));
}

/**
 * The account that an admin acts on, locked. Nobody acts on themselves, so whoever acts is the admin that remains; of
 * two who take each other's role at once, the second is none any more and is refused.
 */
export async function lockSubject(tx: Tx, actor: UserActor, userId: UserId): Promise<Account | AdminRefusal> {
  const admins = await lockAdmins(tx);
  if (!admins.has(actor.userId)) return 'auth.forbidden';
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE };
  const account = await tx.db.findOne(AccountEntity, { id: userId, deletedAt: null }, lock);
  if (!account) return 'users.not_found';
  return account.id === actor.userId ? 'users.yourself' : account;
}
