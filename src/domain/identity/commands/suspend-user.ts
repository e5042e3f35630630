import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { UserId } from '../../kernel/ids.ts';
import { lockSubject } from '../admins.ts';
import { userChanged } from '../events.ts';
import { liftSuspension, suspendAccount } from '../suspend.ts';
import { AdminUserView, adminUserView } from '../views.ts';

const shared = {
  access: 'admin',
  ratePerMinute: 60,
  output: AdminUserView,
  errors: ['users.not_found', 'users.yourself', 'users.wrong_state'],
  emits: [userChanged],
} as const;

export const suspendUser = defineCommand({
  ...shared,
  name: 'users.suspend',
  summary: 'Keep a person out, with a reason. Sockets close, listings are hidden, orders under way go on.',
  input: z.strictObject({ userId: UserId, reason: z.string().trim().min(1).max(500) }),
  async run({ input, actor, tx, fail }) {
    const account = await lockSubject(tx, actor, input.userId);
    if (typeof account === 'string') return fail(account);
    if (account.suspendedAt) fail('users.wrong_state');
    await suspendAccount(tx, account.id, input.reason);
    const subject = { kind: 'user', id: account.id };
    tx.audit({ action: 'users.suspended', subject, details: { reason: input.reason } });
    return adminUserView(account);
  },
});

export const unsuspendUser = defineCommand({
  ...shared,
  name: 'users.unsuspend',
  summary: 'Let a suspended person in again.',
  input: z.strictObject({ userId: UserId }),
  async run({ input, actor, tx, fail }) {
    const account = await lockSubject(tx, actor, input.userId);
    if (typeof account === 'string') return fail(account);
    if (!account.suspendedAt) return fail('users.wrong_state');
    await liftSuspension(tx, account.id, account.suspendedAt);
    tx.audit({ action: 'users.unsuspended', subject: { kind: 'user', id: account.id }, details: {} });
    return adminUserView(account);
  },
});
