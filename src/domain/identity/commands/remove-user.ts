import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { UserId } from '../../kernel/ids.ts';
import { lockSubject } from '../admins.ts';
import { blockersOf, endAccount } from '../end-account.ts';

export const removeUser = defineCommand({
  name: 'users.remove',
  access: 'admin',
  ratePerMinute: 30,
  summary: 'Delete a person’s account as they could themselves. What is under way must be ended first.',
  input: z.strictObject({ userId: UserId, reason: z.string().trim().min(1).max(500) }),
  output: z.object({}),
  errors: ['users.not_found', 'users.yourself', 'users.has_open_orders'],
  async run({ input, actor, tx, fail }) {
    const account = await lockSubject(tx, actor, input.userId);
    if (typeof account === 'string') return fail(account);
    const issues = await blockersOf(tx, account.id);
    if (issues.length > 0) fail('users.has_open_orders', { issues });
    const subject = { kind: 'user', id: account.id };
    tx.audit({ action: 'users.removed', subject, details: { reason: input.reason } });
    await endAccount(tx, account);
    return {};
  },
});
