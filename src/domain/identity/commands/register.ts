import { z } from 'zod';
import { isUniqueViolation } from '../../kernel/database-errors.ts';
import { defineCommand } from '../../kernel/define.ts';
import { Point } from '../../kernel/geo.ts';
import { locales } from '../../outbox/index.ts';
import { marketRoles } from '../entities.ts';
import { createAccount } from '../new-account.ts';
import { hashPassword } from '../passwords.ts';
import { openSession } from '../sessions.ts';
import { SignedInView } from '../views.ts';

/** E.164. */
export const Phone = z.string().regex(/^\+[1-9]\d{6,14}$/, 'expected a number like +254712345678');
export const Username = z.string().regex(/^[a-zA-Z0-9_]{3,30}$/, 'expected 3 to 30 letters, digits or _');
export const Password = z.string().min(8).max(200);

export const register = defineCommand({
  name: 'accounts.register',
  access: 'guest',
  ratePerMinute: 20,
  summary: 'Create an account and sign in.',
  input: z.strictObject({
    email: z.email().max(254).optional(),
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
  errors: ['accounts.identifier_required', 'accounts.taken'],
  async prepare({ input, fail }) {
    if (!input.email && !input.phone && !input.username) fail('accounts.identifier_required');
    return hashPassword(input.password);
  },
  async run({ input, prepared: passwordHash, tx, fail, meta }) {
    const now = await tx.now();
    const { email = null, phone = null, username = null, fullName, campus = null, location = null } = input;
    const own = { email, phone, username, fullName, campus, location, marketRole: input.role, locale: input.locale };
    const account = createAccount(tx.db, now, { ...own, passwordHash, lastLoginAt: now });
    try {
      await tx.db.flush();
    } catch (error) {
      if (isUniqueViolation(error)) fail('accounts.taken');
      throw error;
    }
    return openSession(tx, account, meta);
  },
});
