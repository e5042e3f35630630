import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { clockPort } from '../../kernel/clock.ts';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import type { UserActor } from '../../kernel/actor.ts';
import { provenAddresses } from '../addresses.ts';
import { lockAdmins } from '../admins.ts';
import { redeemCode } from '../codes.ts';
import { blockersOf, endAccount } from '../end-account.ts';
import { AccountEntity, SessionEntity, type Account } from '../entities.ts';
import { passwordFits } from '../passwords.ts';
import { restoreQuotas } from '../quotas.ts';
import { identityLimits } from '../settings.ts';
import { claimProof } from '../sign-in-guard.ts';
import { Code } from './verify-code.ts';

const lock = { lockMode: LockMode.PESSIMISTIC_WRITE };

export const deleteAccount = defineCommand({
  name: 'users.deleteAccount',
  access: 'user',
  ratePerMinute: 10,
  summary:
    'Delete your account, proven by the password or by a code (`otp.send` with purpose delete_account), or by having ' +
    'signed in within 5 minutes where there is neither. Orders and messages stay with the others, without your name.',
  input: z.strictObject({ password: z.string().min(1).max(400).optional(), code: Code.optional() }),
  output: z.object({}),
  errors: ['sessions.throttled', 'users.not_proven', 'users.last_admin', 'users.has_open_orders'],
  async prepare({ input: { password }, actor, sql, db, port, fail }) {
    if (password === undefined) return null;
    const { quotaKeys, retryAfterMs } = await claimProof(sql, port(clockPort), actor.userId);
    if (retryAfterMs !== null) fail('sessions.throttled', { retryAfterMs });
    const { passwordHash: stored = null } = await db.findOneOrFail(AccountEntity, { id: actor.userId });
    return (await passwordFits(stored, password)) ? { stored, quotaKeys } : fail('users.not_proven');
  },
  async run({ input, prepared, actor, tx, fail, failKeeping }) {
    const admins = await lockAdmins(tx);
    const account = await tx.db.findOneOrFail(AccountEntity, { id: actor.userId }, lock);
    const isProven = prepared
      ? account.passwordHash === prepared.stored
      : await isProvenBy(tx, { account, actor, code: input.code });
    // A counted try of a code must not be undone.
    if (!isProven) failKeeping('users.not_proven');
    if (admins.has(account.id) && admins.size === 1) fail('users.last_admin');
    const issues = await blockersOf(tx, account.id);
    if (issues.length > 0) fail('users.has_open_orders', { issues });
    if (prepared) await restoreQuotas(tx.sql, prepared.quotaKeys);
    await endAccount(tx, account);
    return {};
  },
});

async function isProvenBy(
  tx: Tx,
  { account, actor, code }: { account: Account; actor: UserActor; code: string | undefined },
): Promise<boolean> {
  const addresses = provenAddresses(account);
  if (code !== undefined) {
    for (const address of addresses) {
      if (await redeemCode(tx, { address, purpose: 'delete_account', userId: actor.userId }, code)) return true;
    }
    return false;
  }
  if (account.passwordHash || addresses.length > 0) return false;
  const { createdAt } = await tx.db.findOneOrFail(SessionEntity, { id: actor.sessionId });
  return (await tx.now()).getTime() - createdAt.getTime() <= identityLimits.freshSessionMs;
}
