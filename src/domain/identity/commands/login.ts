import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { clockPort } from '../../kernel/clock.ts';
import { defineCommand, type Sql } from '../../kernel/define.ts';
import { candidatesFor } from '../addresses.ts';
import { AccountEntity } from '../entities.ts';
import { hashPassword, isWeakHash, passwordFits } from '../passwords.ts';
import { restoreQuotas, returnOne } from '../quotas.ts';
import { openSession } from '../sessions.ts';
import { identitySettingsPort } from '../settings.ts';
import { claimSignIn } from '../sign-in-guard.ts';
import { SignedInView } from '../views.ts';

export const login = defineCommand({
  name: 'sessions.login',
  access: 'guest',
  ratePerMinute: 20,
  summary: 'Sign in with an e-mail address, username or phone number and a password.',
  input: z.strictObject({ identifier: z.string().min(1).max(254), password: z.string().min(1).max(400) }),
  output: SignedInView,
  errors: ['sessions.throttled', 'sessions.wrong_credentials'],
  async prepare({ input: { identifier, password }, db, sql, port, meta, concerns, fail }) {
    const candidates = await candidatesFor(db, identifier);
    const userIds = candidates.map(({ id }) => id);
    concerns(userIds);
    const { keys } = port(identitySettingsPort);
    const claim = await claimSignIn(sql, port(clockPort), { identifier, userIds, meta, keys });
    if (claim.retryAfterMs !== null) fail('sessions.throttled', { retryAfterMs: claim.retryAfterMs });
    // One hash at least, so that an unknown account costs what a wrong password costs.
    for (const account of candidates.length === 0 ? [null] : candidates) {
      const stored = account?.passwordHash ?? null;
      if (!(await passwordFits(stored, password)) || !account || stored === null) continue;
      concerns([account.id]);
      const better = isWeakHash(stored) ? await hashPassword(password) : null;
      // Of several who claim an address, one must not wipe out the tries at another's password.
      const settle = candidates.length === 1 ? restoreQuotas : returnOne;
      return { accountId: account.id, stored, better, settle: (tx: Sql) => settle(tx, claim.quotaKeys) };
    }
    return fail('sessions.wrong_credentials');
  },
  async run({ prepared: { accountId, stored, better, settle }, tx, fail, meta }) {
    const lock = { lockMode: LockMode.PESSIMISTIC_WRITE };
    const account = await tx.db.findOneOrFail(AccountEntity, { id: accountId }, lock);
    // Changed meanwhile: the sessions of the old password are ended already, and none may follow.
    if (account.passwordHash !== stored) fail('sessions.wrong_credentials');
    if (account.suspendedAt) fail('auth.suspended');
    if (better) account.passwordHash = better;
    await settle(tx.sql);
    return openSession(tx, account, meta);
  },
});
