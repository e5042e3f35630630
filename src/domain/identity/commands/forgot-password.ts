import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { candidatesFor, provenAddresses } from '../addresses.ts';
import { sendResetLink } from '../resets.ts';

/**
 * A link goes only to an address that was proven, and only for whoever proved it. Else a stranger who signed up with
 * your address would hand you their account, with their other ways into it.
 */
export const forgotPassword = defineCommand({
  name: 'passwords.forgot',
  access: 'guest',
  ratePerMinute: 20,
  summary: 'Ask for a link that sets a new password. The answer never tells whether there is such an account.',
  input: z.strictObject({ identifier: z.string().min(1).max(254) }),
  output: z.object({}),
  errors: [],
  async run({ input: { identifier }, tx }) {
    const [account] = await candidatesFor(tx.db, identifier);
    const [address] = account ? provenAddresses(account) : [];
    await sendResetLink(tx, { identifier, to: account && address ? { account, address } : null });
    return {};
  },
});
