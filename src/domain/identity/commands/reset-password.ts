import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { holderOf, type AddressKind } from '../addresses.ts';
import { AccountEntity, type Account } from '../entities.ts';
import { userChanged } from '../events.ts';
import { setPassword } from '../set-password.ts';
import { Password, passwordRefusal } from '../password-rules.ts';
import { hashPassword } from '../passwords.ts';
import { proveAddress } from '../prove-address.ts';
import { openReset } from '../resets.ts';
import { revokeAll } from '../sessions.ts';
import { tellAccount } from '../tell-account.ts';

const lock = { lockMode: LockMode.PESSIMISTIC_WRITE };

export const resetPassword = defineCommand({
  name: 'passwords.reset',
  access: 'guest',
  ratePerMinute: 20,
  summary: 'Set a new password with the token of a link. All sessions end; sign in anew.',
  input: z.strictObject({ token: z.string().min(1).max(100), newPassword: Password }),
  output: z.object({}),
  errors: ['passwords.reset_invalid', 'passwords.too_common', 'passwords.personal'],
  emits: [userChanged],
  async prepare({ input: { token, newPassword }, sql, db, now, fail }) {
    const reset = await openReset(sql, token, { now: await now(), lock: false });
    if (!reset) return fail('passwords.reset_invalid');
    const account = await db.findOneOrFail(AccountEntity, { id: reset.userId as never });
    const refusal = passwordRefusal(newPassword, account);
    return refusal ? fail(refusal) : hashPassword(newPassword);
  },
  async run({ input: { token }, prepared: hash, tx, fail }) {
    // Taken twice: by the first look it may be used up while waiting for the row.
    const reset = await openReset(tx.sql, token, { now: await tx.now(), lock: true });
    if (!reset) return fail('passwords.reset_invalid');
    const account = await tx.db.findOneOrFail(AccountEntity, { id: reset.userId as never }, lock);
    await setPassword(tx, account, hash);
    await revokeAll(tx, account.id, { reason: 'password reset' });
    if (reset.proves && (await proveInvited(tx, account, reset.proves))) await tellAccount(tx, account);
    return {};
  },
});

/** Whoever opens an invitation reads the address it went to. */
async function proveInvited(tx: Tx, account: Account, kind: AddressKind): Promise<boolean> {
  const value = account[kind];
  if (!value || (await holderOf(tx.db, { kind, value }))) return false;
  return proveAddress(tx, account, { kind, value });
}
