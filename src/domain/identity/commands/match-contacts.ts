import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { contactKey } from '../contact-key.ts';
import { AccountEntity } from '../entities.ts';
import { spend } from '../quotas.ts';
import { identityLimits, identitySettingsPort } from '../settings.ts';
import { PublicUserView, publicUserView } from '../views.ts';

const { contactsPerCall, contactsPerDay: limit, dayMs: windowMs } = identityLimits;

/** A command, because what was asked for counts: nobody may try all addresses there are. */
export const matchContacts = defineCommand({
  name: 'contacts.match',
  access: 'user',
  ratePerMinute: 10,
  summary: `Which of your contacts are here: of those who proved their address and let themselves be found, as you do.`,
  input: z.strictObject({
    emailHashes: z
      .array(z.string().regex(/^[0-9a-f]{64}$/, 'expected SHA-256 in hex of the address in lower case'))
      .max(contactsPerCall),
  }),
  output: z.object({ items: z.array(z.object({ emailHash: z.string(), user: PublicUserView })) }),
  errors: ['contacts.too_many'],
  async run({ input, actor, tx, failKeeping }) {
    const hashes = [...new Set(input.emailHashes)];
    const key = `contacts:${actor.userId}`;
    const refused = await spend(tx.sql, tx.clock, [{ key, amount: hashes.length, limit, windowMs }]);
    if (refused) failKeeping('contacts.too_many', refused);
    const { keys } = tx.port(identitySettingsPort);
    const hashOf = new Map(hashes.map((hash) => [contactKey(keys, hash), hash]));
    const self = await tx.db.findOneOrFail(AccountEntity, { id: actor.userId });
    // Whoever does not let themselves be found finds nobody.
    if (!self.discoverable || hashes.length === 0) return { items: [] };
    const found = await tx.db.find(AccountEntity, {
      contactKey: { $in: [...hashOf.keys()] },
      id: { $ne: actor.userId },
      suspendedAt: null,
      deletedAt: null,
    });
    const items = found.map((account) => ({
      emailHash: hashOf.get(account.contactKey ?? '') ?? '',
      user: publicUserView(account),
    }));
    return { items };
  },
});
