import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { applicationReviews, lockApplication, moveApplication, tellApplication } from '../applying.ts';
import { ApplicationId } from '../entities.ts';
import { applicationChanged } from '../events.ts';
import { merchantRules } from '../rules.ts';
import { ApplicationReview } from '../views.ts';

export const claimApplication = defineCommand({
  name: 'merchants.claimApplication',
  access: 'admin',
  ratePerMinute: 60,
  summary: 'Take an application for review: it is yours alone for 30 minutes. Claiming your own again extends it.',
  input: z.strictObject({ applicationId: ApplicationId }),
  output: ApplicationReview,
  errors: ['merchants.not_found', 'merchants.own', 'merchants.wrong_state', 'merchants.claimed'],
  emits: [applicationChanged],
  async run({ input, actor, tx, fail }) {
    const application = await lockApplication(tx, input.applicationId);
    if (!application) return fail('merchants.not_found');
    if (application.userId === actor.userId) fail('merchants.own');
    const { state, claimedUntil, reviewerId } = application;
    if (state !== 'submitted' && state !== 'in_review') fail('merchants.wrong_state');
    const at = await tx.now();
    if (claimedUntil && claimedUntil > at && reviewerId !== actor.userId) {
      fail('merchants.claimed', { retryAfterMs: claimedUntil.getTime() - at.getTime() });
    }
    moveApplication(application, { name: 'claim', by: 'reviewer', at });
    application.reviewerId = actor.userId;
    application.claimedUntil = new Date(at.getTime() + merchantRules.claimMs);
    await tellApplication(tx, application, 'in_review');
    return (await applicationReviews({ db: tx.db, now: at }, [application]))[0]!;
  },
});
