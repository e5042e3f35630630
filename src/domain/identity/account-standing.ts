import { LockMode } from '@mikro-orm/core';
import type { Role } from '../kernel/actor.ts';
import type { Db, Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import type { UserId } from '../kernel/ids.ts';
import { bump } from '../kernel/machine.ts';
import { AccountEntity, type Account } from './entities.ts';
import { userChanged } from './events.ts';
import { ownUserView } from './views.ts';

// What other areas decide about a person. Each locks the account, changes nothing that is so already, and tells the
// person. Lock the rows of your own area first.

/** Since when papers of the person count as checked; null takes it away. */
export async function setIdentityVerified(tx: Tx, userId: UserId, at: Date | null): Promise<void> {
  await changeAccount(tx, userId, (account) => {
    if (account.identityVerifiedAt?.getTime() === at?.getTime()) return false;
    account.identityVerifiedAt = at;
    return true;
  });
}

/** Since when the person may not sell; null lets them again. Their listings are hidden meanwhile. */
export async function setSellingSuspended(tx: Tx, userId: UserId, at: Date | null): Promise<void> {
  await changeAccount(tx, userId, (account) => {
    account.sellingSuspendedAt = at;
    return true;
  });
}

/** Gives a role; open sockets may use it within a second, on every node. */
export async function grantRole(tx: Tx, userId: UserId, role: Role): Promise<void> {
  const changed = await changeAccount(tx, userId, (account) => {
    if (account.roles.includes(role)) return false;
    account.roles = [...account.roles, role];
    return true;
  });
  if (changed) tx.evict({ userId, recheck: true });
}

/** Takes a role away; open sockets lose it within a second, on every node. */
export async function withdrawRole(tx: Tx, userId: UserId, role: Role): Promise<void> {
  const changed = await changeAccount(tx, userId, (account) => {
    if (!account.roles.includes(role)) return false;
    account.roles = account.roles.filter((held) => held !== role);
    return true;
  });
  if (changed) tx.evict({ userId, recheck: true });
}

/** Whether a person who may sign in holds a role now, whatever an open socket still believes. */
export async function holdsRole(db: Db, userId: UserId, role: Role): Promise<boolean> {
  const account = await db.findOne(
    AccountEntity,
    { id: userId, suspendedAt: null, deletedAt: null },
    { refresh: true },
  );
  return account?.roles.includes(role) ?? false;
}

/** Locks an account, so that what hangs on it may be counted. False when there is none, or it was deleted. */
export async function lockLiveAccount(tx: Tx, userId: UserId): Promise<boolean> {
  await tx.db.flush();
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  return (await tx.db.findOne(AccountEntity, { id: userId, deletedAt: null }, lock)) !== null;
}

/** Whose e-mail address this is beyond doubt: one that nobody has proven may be anybody's. */
export async function findByVerifiedEmail(db: Db, email: string): Promise<Pick<Account, 'id' | 'locale'> | null> {
  return db.findOne(AccountEntity, { email, emailVerifiedAt: { $ne: null }, suspendedAt: null, deletedAt: null });
}

async function changeAccount(tx: Tx, userId: UserId, change: (account: Account) => boolean): Promise<boolean> {
  await tx.db.flush();
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  const account = await tx.db.findOne(AccountEntity, { id: userId }, lock);
  assert(account, `account ${userId} exists`);
  if (!change(account)) return false;
  bump(account, await tx.now());
  await tx.db.flush();
  // Whoever has left hears nothing any more.
  if (!account.deletedAt) tx.emit(userChanged, userId, { view: ownUserView(account) });
  return true;
}
