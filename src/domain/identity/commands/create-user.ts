import { z } from 'zod';
import { flushUnique } from '../../kernel/database-errors.ts';
import { defineCommand } from '../../kernel/define.ts';
import { locales } from '../../outbox/index.ts';
import { addressInput, addressOf, holderOf, oneAddress, Username } from '../addresses.ts';
import { lockAdmins } from '../admins.ts';
import { marketRoles } from '../entities.ts';
import { createAccount } from '../new-account.ts';
import { sendResetLink } from '../resets.ts';
import { AdminUserView, adminUserView } from '../views.ts';
import { Roles } from './set-roles.ts';

export const createUser = defineCommand({
  name: 'users.create',
  access: 'admin',
  ratePerMinute: 30,
  summary: 'Make an account for somebody, who is sent a link to choose a password. Its first use proves the address.',
  input: z
    .strictObject({
      ...addressInput,
      username: Username.optional(),
      fullName: z.string().trim().min(1).max(100),
      roles: Roles.default([]),
      marketRole: z.enum(marketRoles).default('both'),
      locale: z.enum(locales).default('en'),
    })
    .refine(oneAddress.check, oneAddress.message),
  output: AdminUserView,
  errors: ['accounts.taken'],
  async run({ input, actor, tx, fail }) {
    if (!(await lockAdmins(tx)).has(actor.userId)) fail('auth.forbidden');
    const address = addressOf(input);
    if (await holderOf(tx.db, address)) fail('accounts.taken');
    const { email = null, phone = null, username = null, fullName, marketRole, locale } = input;
    const own = { email, phone, username, fullName, marketRole, locale, roles: [...new Set(input.roles)] };
    const account = createAccount(tx.db, await tx.now(), own);
    if (!(await flushUnique(tx.db))) fail('accounts.taken');
    await sendResetLink(tx, { identifier: account.id, to: { account, address }, isInvite: true });
    const subject = { kind: 'user', id: account.id };
    tx.audit({ action: 'users.created', subject, details: { roles: account.roles } });
    return adminUserView(account);
  },
});
