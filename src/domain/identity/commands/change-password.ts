import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { clockPort } from '../../kernel/clock.ts';
import { defineCommand } from '../../kernel/define.ts';
import { AccountEntity } from '../entities.ts';
import { Password, passwordRefusal } from '../password-rules.ts';
import { hashPassword, passwordFits } from '../passwords.ts';
import { restoreQuotas } from '../quotas.ts';
import { revokeAll } from '../sessions.ts';
import { setPassword } from '../set-password.ts';
import { claimProof } from '../sign-in-guard.ts';

const lock = { lockMode: LockMode.PESSIMISTIC_WRITE };

export const changePassword = defineCommand({
  name: 'passwords.change',
  access: 'user',
  ratePerMinute: 20,
  summary: 'Set a new password. Your other sessions end.',
  input: z.strictObject({ currentPassword: z.string().min(1).max(400), newPassword: Password }),
  output: z.object({}),
  errors: ['sessions.throttled', 'passwords.wrong', 'passwords.too_common', 'passwords.personal'],
  async prepare({ input, actor, sql, db, port, fail }) {
    const { quotaKeys, retryAfterMs } = await claimProof(sql, port(clockPort), actor.userId);
    if (retryAfterMs !== null) fail('sessions.throttled', { retryAfterMs });
    const account = await db.findOneOrFail(AccountEntity, { id: actor.userId });
    const stored = account.passwordHash ?? null;
    const fits = await passwordFits(stored, input.currentPassword);
    const refusal = fits ? passwordRefusal(input.newPassword, account) : ('passwords.wrong' as const);
    const hash = refusal ? '' : await hashPassword(input.newPassword);
    return { stored, hash, refusal, quotaKeys };
  },
  async run({ prepared: { stored, hash, refusal, quotaKeys }, actor, tx, fail }) {
    // Only here, where a repeat under the same key is answered first: by now it would find the password changed.
    if (refusal) fail(refusal);
    const account = await tx.db.findOneOrFail(AccountEntity, { id: actor.userId }, lock);
    if (account.passwordHash !== stored) fail('passwords.wrong');
    await restoreQuotas(tx.sql, quotaKeys);
    await setPassword(tx, account, hash);
    const { userId, sessionId: exceptSessionId } = actor;
    await revokeAll(tx, userId, { reason: 'password changed', exceptSessionId });
    return {};
  },
});
