import { z } from 'zod';
import { contactsPerCall, findContacts, PublicUserView } from '../../identity/index.ts';
import { defineCommand } from '../../kernel/define.ts';
import { blockedAmong } from '../blocked.ts';

/** A command, because what was asked for counts. */
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
    const found = await findContacts(tx, actor.userId, input.emailHashes);
    if ('retryAfterMs' in found) return failKeeping('contacts.too_many', found);
    const ids = found.map(({ user }) => user.id);
    const blocked = await blockedAmong(tx.sql, actor.userId, ids);
    return { items: found.filter(({ user }) => !blocked.has(user.id)) };
  },
});
