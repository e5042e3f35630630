import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { orNull } from '../../kernel/or-null.ts';
import { addressInput, addressOf, holderOf, oneAddress } from '../addresses.ts';
import { redeemCode } from '../codes.ts';
import { AccountEntity } from '../entities.ts';
import { userChanged } from '../events.ts';
import { proveAddress } from '../prove-address.ts';
import { openSession } from '../sessions.ts';
import { tellAccount } from '../tell-account.ts';
import { OwnUserView, TokensView } from '../views.ts';

export const Code = z.string().regex(/^\d{6}$/, 'expected six digits');

export const verifyOtp = defineCommand({
  name: 'otp.verify',
  access: 'guest',
  ratePerMinute: 20,
  summary: 'Give the code of `otp.send`: a guest is signed in, a person has proven the address, which becomes theirs.',
  input: z.strictObject({ ...addressInput, code: Code }).refine(oneAddress.check, oneAddress.message),
  output: z.object({ user: OwnUserView, tokens: orNull(TokensView).describe('Of a guest who is signed in now.') }),
  errors: ['otp.invalid', 'accounts.taken'],
  emits: [userChanged],
  async run({ input, actor, tx, meta, failKeeping }) {
    const address = addressOf(input);
    const userId = actor.kind === 'user' ? actor.userId : null;
    const purpose = userId ? 'verify' : 'sign_in';
    if (!(await redeemCode(tx, { address, purpose, userId }, input.code))) failKeeping('otp.invalid');
    if (!userId) {
      const holder = await holderOf(tx.db, address);
      if (!holder) return failKeeping('otp.invalid');
      if (holder.suspendedAt) failKeeping('auth.suspended');
      return openSession(tx, holder, meta);
    }
    const lock = { lockMode: LockMode.PESSIMISTIC_WRITE };
    const account = await tx.db.findOneOrFail(AccountEntity, { id: userId, deletedAt: null }, lock);
    if (!(await proveAddress(tx, account, address))) failKeeping('accounts.taken');
    return { user: await tellAccount(tx, account), tokens: null };
  },
});
