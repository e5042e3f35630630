import { z } from 'zod';
import { roles } from '../../kernel/actor.ts';
import { defineCommand } from '../../kernel/define.ts';
import { UserId } from '../../kernel/ids.ts';
import { lockSubject } from '../admins.ts';
import { userChanged } from '../events.ts';
import { tellAccount } from '../tell-account.ts';
import { AdminUserView, adminUserView } from '../views.ts';

export const Roles = z.array(z.enum(roles)).max(roles.length);

export const setRoles = defineCommand({
  name: 'users.setRoles',
  access: 'admin',
  ratePerMinute: 60,
  summary: 'Give a person exactly these roles. Open sockets follow within a second.',
  input: z.strictObject({ userId: UserId, roles: Roles }),
  output: AdminUserView,
  errors: ['users.not_found', 'users.yourself'],
  emits: [userChanged],
  async run({ input, actor, tx, fail }) {
    const account = await lockSubject(tx, actor, input.userId);
    if (typeof account === 'string') return fail(account);
    const before = account.roles;
    account.roles = roles.filter((role) => input.roles.includes(role));
    const subject = { kind: 'user', id: account.id };
    tx.audit({ action: 'users.rolesChanged', subject, details: { before, after: account.roles } });
    await tellAccount(tx, account);
    tx.evict({ userId: account.id, recheck: true });
    return adminUserView(account);
  },
});
