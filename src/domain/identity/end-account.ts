import type { Tx } from '../kernel/define.ts';
import type { Issue } from '../kernel/errors.ts';
import type { UserId } from '../kernel/ids.ts';
import { formerName, personalDataPort } from '../kernel/personal-data.ts';
import { iso } from '../kernel/timestamp.ts';
import { provenAddresses } from './addresses.ts';
import { alertAddress } from './alerts.ts';
import type { Account } from './entities.ts';

/** What is still under way and must be ended before the account: money held, orders open, goods on their way. */
export async function blockersOf(tx: Tx, userId: UserId): Promise<Issue[]> {
  const issues: Issue[] = [];
  for (const { blockers } of tx.port(personalDataPort)) {
    const names = (await blockers?.(tx, userId)) ?? [];
    issues.push(...names.map((path) => ({ path, message: 'still under way' })));
  }
  return issues;
}

/**
 * Ends a locked account for good. Every area forgets what is its own, those that build on others first: an account
 * remains that says nothing of anybody, for the orders and messages that refer to it.
 */
export async function endAccount(tx: Tx, account: Account): Promise<void> {
  const now = await tx.now();
  const [address] = provenAddresses(account);
  // First, so that what the areas tell others on the way has no name in it any more.
  Object.assign(account, emptied, { deletedAt: now, updatedAt: now, version: account.version + 1 });
  await tx.db.flush();
  for (const area of tx.port(personalDataPort).toReversed()) await area.forget?.(tx, account.id);
  // Last, because the areas forget what was to be sent.
  const farewell = { template: 'account.deleted', params: { at: iso(now) } } as const;
  if (address) await alertAddress(tx, { account, address }, farewell);
  tx.evict({ userId: account.id, reason: 'account deleted' });
}

const emptied = {
  email: null,
  phone: null,
  username: null,
  telegramId: null,
  passwordHash: null,
  fullName: formerName,
  campus: null,
  roles: [],
  bio: null,
  avatarUrl: null,
  location: null,
  neighborhood: null,
  buildingName: null,
  emailVerifiedAt: null,
  phoneVerifiedAt: null,
  passwordChangedAt: null,
  discoverable: false,
  contactKey: null,
  suspensionReason: null,
  lastLoginAt: null,
} as const;
