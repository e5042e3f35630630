import type { z } from 'zod';
import type { Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { contactKey } from './contact-key.ts';
import { AccountEntity } from './entities.ts';
import { spend } from './quotas.ts';
import { identityLimits, identitySettingsPort } from './settings.ts';
import { publicUserView, type PublicUserView } from './views.ts';

const { contactsPerDay: limit, dayMs: windowMs } = identityLimits;

/** Most hashes that one call may ask for. */
export const contactsPerCall = identityLimits.contactsPerCall;

/**
 * Who, of those that let themselves be found, has one of the addresses; nobody for a person who does not do so too.
 * What was asked for counts, so that nobody may try all addresses there are: the answer is then how long to wait, and
 * the caller fails in a way that keeps the count.
 */
export async function findContacts(
  tx: Tx,
  userId: UserId,
  emailHashes: readonly string[],
): Promise<{ emailHash: string; user: z.input<typeof PublicUserView> }[] | { retryAfterMs: number }> {
  const hashes = [...new Set(emailHashes)];
  const key = `contacts:${userId}`;
  const refused = await spend(tx.sql, tx.clock, [{ key, amount: hashes.length, limit, windowMs }]);
  if (refused) return refused;
  const { keys } = tx.port(identitySettingsPort);
  const hashOf = new Map(hashes.map((hash) => [contactKey(keys, hash), hash]));
  const self = await tx.db.findOneOrFail(AccountEntity, { id: userId });
  if (!self.discoverable || hashes.length === 0) return [];
  const found = await tx.db.find(AccountEntity, {
    contactKey: { $in: [...hashOf.keys()] },
    id: { $ne: userId },
    suspendedAt: null,
    deletedAt: null,
  });
  return found.map((account) => ({
    emailHash: hashOf.get(account.contactKey ?? '') ?? '',
    user: publicUserView(account),
  }));
}
