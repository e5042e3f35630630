import { z } from 'zod';
import { grantRole, userChanged } from '../../identity/index.ts';
import { isUniqueViolation } from '../../kernel/database-errors.ts';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { newId } from '../../kernel/ids.ts';
import { applicationReviews, lockApplication, moveApplication, tellApplication } from '../applying.ts';
import { ApplicationId, MemberEntity, MerchantEntity, type Application, type MerchantId } from '../entities.ts';
import { applicationChanged, merchantChanged } from '../events.ts';
import { Reason } from '../rules.ts';
import { pushTeam } from '../team.ts';
import { ApplicationReview } from '../views.ts';

export const reviewApplication = defineCommand({
  name: 'merchants.reviewApplication',
  access: 'admin',
  ratePerMinute: 60,
  summary: 'Decide on an application that you have claimed. Approving opens the shop; rejecting needs a reason.',
  input: z
    .strictObject({
      applicationId: ApplicationId,
      version: z.int().min(1).describe('As you read it.'),
      decision: z.enum(['approve', 'reject']),
      reason: Reason.optional(),
    })
    .superRefine(({ decision, reason }, issues) => {
      if (decision === 'reject' && reason === undefined)
        issues.addIssue({ code: 'custom', path: ['reason'], message: 'rejecting needs a reason' });
    }),
  output: ApplicationReview,
  errors: [
    'merchants.not_found',
    'merchants.own',
    'merchants.stale',
    'merchants.wrong_state',
    'merchants.not_claimed',
    'merchants.slug_taken',
    'merchants.already_owner',
  ],
  emits: [applicationChanged, merchantChanged, userChanged],
  async run({ input, actor, tx, fail }) {
    const application = await lockApplication(tx, input.applicationId);
    if (!application) return fail('merchants.not_found');
    if (application.userId === actor.userId) fail('merchants.own');
    if (application.version !== input.version) fail('merchants.stale');
    if (application.state !== 'submitted' && application.state !== 'in_review') fail('merchants.wrong_state');
    const at = await tx.now();
    const { claimedUntil, reviewerId } = application;
    if (reviewerId !== actor.userId || !claimedUntil || claimedUntil <= at) fail('merchants.not_claimed');
    Object.assign(application, { decidedAt: at, reason: input.reason ?? null });
    if (input.decision === 'approve') {
      const opened = await openMerchant(tx, application, at);
      if (opened !== null) fail(opened);
    } else {
      moveApplication(application, { name: 'reject', by: 'reviewer', at });
      await tellApplication(tx, application, 'rejected');
    }
    return (await applicationReviews({ db: tx.db, now: at }, [application]))[0]!;
  },
});

/** Null when the shop is open. */
async function openMerchant(
  tx: Tx,
  application: Application,
  at: Date,
): Promise<'merchants.slug_taken' | 'merchants.already_owner' | null> {
  const { userId, name, slug, description, category, contactEmail, contactPhone, address } = application;
  const merchant = tx.db.create(MerchantEntity, {
    id: newId<MerchantId>(),
    ownerId: userId,
    slug,
    name,
    description,
    category: category ?? null,
    contactEmail,
    contactPhone: contactPhone ?? null,
    address: address ?? null,
    state: 'active',
    reason: null,
    version: 1,
    createdAt: at,
    updatedAt: at,
  });
  tx.db.create(MemberEntity, { id: newId(), merchantId: merchant.id, userId, role: 'owner', joinedAt: at });
  application.merchantId = merchant.id;
  moveApplication(application, { name: 'approve', by: 'reviewer', at });
  try {
    await tx.db.flush();
  } catch (error) {
    if (isUniqueViolation(error, 'merchant_slug_key')) return 'merchants.slug_taken';
    if (isUniqueViolation(error, 'merchant_owner')) return 'merchants.already_owner';
    throw error;
  }
  await tellApplication(tx, application, 'approved');
  await pushTeam(tx, merchant, 'opened');
  await grantRole(tx, userId, 'merchant');
  return null;
}
