import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { userChanged } from '../../identity/index.ts';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { VerificationEntity, VerificationId, type Verification } from '../entities.ts';
import { verificationChanged } from '../events.ts';
import { lockVerification, moveVerification, settleIdentity, supersede, tellVerification } from '../moving.ts';
import { verificationRules, verificationSettingsPort } from '../settings.ts';
import { endOfDay, ReviewView, reviewViews } from '../views.ts';

export const reviewVerification = defineCommand({
  name: 'verification.review',
  access: 'moderator',
  ratePerMinute: 60,
  summary: 'Decide on a submission that you have claimed. Rejecting needs a reason, which the person is told.',
  input: z
    .strictObject({
      verificationId: VerificationId,
      version: z.int().min(1).describe('As you read it.'),
      decision: z.enum(['approve', 'reject']),
      reason: z.string().trim().min(1).max(verificationRules.reasonChars).optional(),
      expiresOn: z.iso.date().optional().describe('As the document says; default what the person gave.'),
    })
    .superRefine(({ decision, reason }, issues) => {
      if (decision === 'reject' && reason === undefined)
        issues.addIssue({ code: 'custom', path: ['reason'], message: 'rejecting needs a reason' });
    }),
  output: ReviewView,
  errors: [
    'verification.not_found',
    'verification.own',
    'verification.stale',
    'verification.wrong_state',
    'verification.not_claimed',
    'verification.document_expired',
  ],
  emits: [verificationChanged, userChanged],
  async run({ input, actor, tx, fail }) {
    const verification = await lockVerification(tx, input.verificationId);
    if (!verification) return fail('verification.not_found');
    if (verification.userId === actor.userId) fail('verification.own');
    if (verification.version !== input.version) fail('verification.stale');
    if (verification.state !== 'submitted' && verification.state !== 'in_review') fail('verification.wrong_state');
    const at = await tx.now();
    const { claimedUntil, reviewerId } = verification;
    if (reviewerId !== actor.userId || !claimedUntil || claimedUntil <= at) fail('verification.not_claimed');
    if (input.expiresOn !== undefined) verification.expiresAt = endOfDay(input.expiresOn);
    const documentsDueAt = new Date(at.getTime() + tx.port(verificationSettingsPort).documentsKeptMs);
    Object.assign(verification, { decidedAt: at, documentsDueAt, reason: input.reason ?? null });
    if (input.decision === 'approve') {
      if (verification.expiresAt && verification.expiresAt <= at) fail('verification.document_expired');
      await approve(tx, verification, at);
    } else {
      moveVerification(verification, { name: 'reject', by: 'reviewer', at });
      await tellVerification(tx, verification, 'rejected');
    }
    return (await reviewViews({ db: tx.db, now: at }, [verification]))[0]!;
  },
});

/** The renewed approval ends with the new one, silently: nothing changes for the person. */
async function approve(tx: Tx, verification: Verification, at: Date): Promise<void> {
  const { userId, kind, expiresAt } = verification;
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  for (const renewed of await tx.db.find(VerificationEntity, { userId, kind, state: 'approved' }, lock)) {
    moveVerification(renewed, { name: 'expire', by: 'system', at });
    renewed.remindAt = null;
    await supersede(tx, renewed);
  }
  moveVerification(verification, { name: 'approve', by: 'reviewer', at });
  const remindAt = expiresAt && new Date(expiresAt.getTime() - verificationRules.remindBeforeMs);
  verification.remindAt = remindAt && remindAt > at ? remindAt : null;
  await tellVerification(tx, verification, 'approved');
  await settleIdentity(tx, userId);
}
