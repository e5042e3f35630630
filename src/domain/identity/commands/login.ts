import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { AccountEntity } from '../entities.ts';
import { passwordFits } from '../passwords.ts';
import { openSession } from '../sessions.ts';
import { SignedInView } from '../views.ts';

export const login = defineCommand({
  name: 'sessions.login',
  access: 'guest',
  ratePerMinute: 20,
  summary: 'Sign in with an e-mail address, username or phone number and a password.',
  input: z.strictObject({ identifier: z.string().min(1).max(254), password: z.string().min(1).max(200) }),
  output: SignedInView,
  errors: ['sessions.wrong_credentials'],
  async prepare({ input: { identifier, password }, db, fail }) {
    const account = await db.findOne(AccountEntity, {
      $or: [{ email: identifier }, { username: identifier }, { phone: identifier }],
    });
    const fits = await passwordFits(account?.passwordHash ?? null, password);
    return account && fits ? account.id : fail('sessions.wrong_credentials');
  },
  async run({ prepared: accountId, tx, fail, meta }) {
    const account = await tx.db.findOneOrFail(AccountEntity, { id: accountId });
    if (account.suspendedAt) fail('auth.suspended');
    return openSession(tx, account, meta);
  },
});
