import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { VerificationId } from '../entities.ts';
import { verificationChanged } from '../events.ts';
import { lockVerification, moveVerification, tellVerification } from '../moving.ts';
import { verificationRules } from '../settings.ts';
import { ReviewView, reviewViews } from '../views.ts';

export const claimVerification = defineCommand({
  name: 'verification.claim',
  access: 'moderator',
  ratePerMinute: 60,
  summary: 'Take a submission for review: it is yours alone for 30 minutes. Claiming your own again extends it.',
  input: z.strictObject({ verificationId: VerificationId }),
  output: ReviewView,
  errors: ['verification.not_found', 'verification.own', 'verification.wrong_state', 'verification.claimed'],
  emits: [verificationChanged],
  async run({ input, actor, tx, fail }) {
    const verification = await lockVerification(tx, input.verificationId);
    if (!verification) return fail('verification.not_found');
    if (verification.userId === actor.userId) fail('verification.own');
    const { state, claimedUntil, reviewerId } = verification;
    if (state !== 'submitted' && state !== 'in_review') fail('verification.wrong_state');
    const at = await tx.now();
    if (claimedUntil && claimedUntil > at && reviewerId !== actor.userId) {
      fail('verification.claimed', { retryAfterMs: claimedUntil.getTime() - at.getTime() });
    }
    moveVerification(verification, { name: 'claim', by: 'reviewer', at });
    verification.reviewerId = actor.userId;
    verification.claimedUntil = new Date(at.getTime() + verificationRules.claimMs);
    await tellVerification(tx, verification, 'in_review');
    return (await reviewViews({ db: tx.db, now: at }, [verification]))[0]!;
  },
});
