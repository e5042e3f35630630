import { z } from 'zod';
import { userChanged } from '../../identity/index.ts';
import { defineCommand } from '../../kernel/define.ts';
import { VerificationId } from '../entities.ts';
import { verificationChanged } from '../events.ts';
import { lockVerification, moveVerification, settleIdentity, tellVerification } from '../moving.ts';
import { verificationRules } from '../settings.ts';
import { ReviewView, reviewViews } from '../views.ts';

export const revokeVerification = defineCommand({
  name: 'verification.revoke',
  access: 'moderator',
  ratePerMinute: 60,
  summary: 'Take an approval back, with a reason, which the person is told.',
  input: z.strictObject({
    verificationId: VerificationId,
    reason: z.string().trim().min(1).max(verificationRules.reasonChars),
  }),
  output: ReviewView,
  errors: ['verification.not_found', 'verification.own', 'verification.wrong_state'],
  emits: [verificationChanged, userChanged],
  async run({ input, actor, tx, fail }) {
    const verification = await lockVerification(tx, input.verificationId);
    if (!verification) return fail('verification.not_found');
    if (verification.userId === actor.userId) fail('verification.own');
    if (verification.state !== 'approved') fail('verification.wrong_state');
    const at = await tx.now();
    moveVerification(verification, { name: 'revoke', by: 'reviewer', at });
    Object.assign(verification, { reason: input.reason, remindAt: null, decidedAt: at });
    await tellVerification(tx, verification, 'revoked');
    await settleIdentity(tx, verification.userId);
    return (await reviewViews({ db: tx.db, now: at }, [verification]))[0]!;
  },
});
