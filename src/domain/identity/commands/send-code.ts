import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import type { UserId } from '../../kernel/ids.ts';
import { addressInput, addressOf, holderOf, oneAddress } from '../addresses.ts';
import { sendCode } from '../codes.ts';
import { AccountEntity } from '../entities.ts';
import { spend } from '../quotas.ts';
import { identityLimits } from '../settings.ts';

export const sendOtp = defineCommand({
  name: 'otp.send',
  access: 'guest',
  ratePerMinute: 20,
  summary:
    'Send a code of six digits: to sign in as a guest, else to prove an address or a wish to delete the account.',
  input: z
    .strictObject({ ...addressInput, purpose: z.enum(['verify', 'delete_account']).optional() })
    .refine(oneAddress.check, oneAddress.message),
  output: z.object({ expiresIn: z.int().describe('Seconds until the code ends.') }),
  errors: ['otp.too_many_sends'],
  async run({ input, actor, tx, fail }) {
    const address = addressOf(input);
    const userId = actor.kind === 'user' ? actor.userId : null;
    if (!userId && input.purpose) fail('auth.required');
    const purpose = userId ? (input.purpose ?? 'verify') : 'sign_in';
    // A person may ask for a code anywhere: that is how an address is proven. Whoever has it alone reads the code.
    const reader = userId ? await tx.db.findOneOrFail(AccountEntity, { id: userId }) : await holderOf(tx.db, address);
    const tooMany = userId && (await spendSend(tx, userId));
    if (tooMany) fail('otp.too_many_sends', tooMany);
    const to = reader && { userId: reader.id, locale: reader.locale };
    const refused = await sendCode(tx, { address, purpose, userId }, to);
    if (refused) fail('otp.too_many_sends', refused);
    return { expiresIn: identityLimits.codeTtlMs / 1000 };
  },
});

function spendSend(tx: Tx, userId: UserId): Promise<{ retryAfterMs: number } | null> {
  const { codeSendsPerPerson: limit, codeSendsWindowMs: windowMs } = identityLimits;
  return spend(tx.sql, tx.clock, [{ key: `codes:${userId}`, limit, windowMs }]);
}
