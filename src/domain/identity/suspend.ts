import { LockMode } from '@mikro-orm/core';
import type { Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { AccountEntity, SessionEntity, type Account } from './entities.ts';
import { tellAccount } from './tell-account.ts';

/**
 * Suspends an account, revokes its sessions and closes its sockets on every node. Returns since when it is suspended,
 * and whether by this; null when there is no such account. The reason is for staff.
 */
export async function suspendAccount(
  tx: Tx,
  userId: UserId,
  reason: string,
): Promise<{ since: Date; isNew: boolean } | null> {
  const account = await lockAccount(tx, userId);
  if (!account) return null;
  const now = await tx.now();
  if (account.suspendedAt) return { since: account.suspendedAt, isNew: false };
  account.suspendedAt = now;
  account.suspensionReason = reason;
  await tx.db.nativeUpdate(SessionEntity, { userId, revokedAt: null }, { revokedAt: now });
  await tellAccount(tx, account);
  tx.evict({ userId, reason: 'suspended' });
  return { since: now, isNew: true };
}

/** Lets an account back whose suspension began at `since`; a later one by others stays. */
export async function liftSuspension(tx: Tx, userId: UserId, since: Date): Promise<void> {
  const account = await lockAccount(tx, userId);
  if (account?.suspendedAt?.getTime() !== since.getTime()) return;
  account.suspendedAt = null;
  account.suspensionReason = null;
  await tellAccount(tx, account);
}

/** Whether a person works for the market: moderators do not judge their own. */
export async function isStaffAccount(tx: Pick<Tx, 'db'>, userId: UserId): Promise<boolean> {
  const account = await tx.db.findOne(AccountEntity, { id: userId });
  return account?.roles.some((role) => role === 'moderator' || role === 'admin') ?? false;
}

async function lockAccount(tx: Tx, userId: UserId): Promise<Account | null> {
  await tx.db.flush();
  return tx.db.findOne(AccountEntity, { id: userId }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
}
