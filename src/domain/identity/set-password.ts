import type { Tx } from '../kernel/define.ts';
import { iso } from '../kernel/timestamp.ts';
import { alertOwner } from './alerts.ts';
import type { Account } from './entities.ts';
import { endResets } from './resets.ts';

/** Stores the hash of a new password, ends every link that could set another, and tells the owner. */
export async function setPassword(tx: Tx, account: Account, hash: string): Promise<void> {
  const now = await tx.now();
  account.passwordHash = hash;
  account.passwordChangedAt = now;
  await endResets(tx, account.id);
  await alertOwner(tx, account, { template: 'password.changed', params: { at: iso(now) } });
  await tx.db.flush();
}
