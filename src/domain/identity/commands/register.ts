import { z } from 'zod';
import { flushUnique } from '../../kernel/database-errors.ts';
import { defineCommand } from '../../kernel/define.ts';
import { Point } from '../../kernel/geo.ts';
import { locales } from '../../outbox/index.ts';
import { Email, Phone, Username, type Address } from '../addresses.ts';
import { sendCode } from '../codes.ts';
import { marketRoles } from '../entities.ts';
import { createAccount } from '../new-account.ts';
import { Password, passwordRefusal } from '../password-rules.ts';
import { hashPassword } from '../passwords.ts';
import { openSession } from '../sessions.ts';
import { SignedInView } from '../views.ts';

/**
 * An address that somebody else has is taken like any other: the answer would tell who is here. The account claims it,
 * and a code goes to whoever reads it; only with that code does `otp.verify` say that it is taken.
 */
export const register = defineCommand({
  name: 'accounts.register',
  access: 'guest',
  ratePerMinute: 20,
  summary: 'Create an account and sign in. Codes to prove the addresses are sent.',
  input: z.strictObject({
    email: Email.optional(),
    phone: Phone.optional(),
    username: Username.optional(),
    password: Password,
    fullName: z.string().trim().min(1).max(100),
    campus: z.string().trim().max(100).optional(),
    location: Point.optional(),
    role: z.enum(marketRoles).default('both'),
    locale: z.enum(locales).default('en'),
  }),
  output: SignedInView,
  errors: ['accounts.identifier_required', 'passwords.too_common', 'passwords.personal', 'accounts.taken'],
  async prepare({ input, fail }) {
    if (!input.email && !input.phone && !input.username) fail('accounts.identifier_required');
    const refusal = passwordRefusal(input.password, input);
    if (refusal) fail(refusal);
    return hashPassword(input.password);
  },
  async run({ input, prepared: passwordHash, tx, fail, meta }) {
    const now = await tx.now();
    const { email = null, phone = null, username = null, fullName, campus = null, location = null } = input;
    const own = { email, phone, username, fullName, campus, location, marketRole: input.role, locale: input.locale };
    const account = createAccount(tx.db, now, { ...own, passwordHash, lastLoginAt: now });
    if (!(await flushUnique(tx.db))) fail('accounts.taken');
    const addresses: Address[] = [
      ...(email ? [{ kind: 'email', value: email } as const] : []),
      ...(phone ? [{ kind: 'phone', value: phone } as const] : []),
    ];
    const to = { userId: account.id, locale: account.locale };
    // Where three codes went within the hour none follows now; the person can ask for one later.
    for (const address of addresses) await sendCode(tx, { address, purpose: 'verify', userId: account.id }, to);
    return openSession(tx, account, meta);
  },
});
