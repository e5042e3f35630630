import { z } from 'zod';
import { userChanged } from '../../identity/index.ts';
import { defineCommand } from '../../kernel/define.ts';
import { MerchantId } from '../entities.ts';
import { merchantChanged } from '../events.ts';
import { Reason } from '../rules.ts';
import { changeSuspension } from '../suspending.ts';
import { lockMerchant, teamOf } from '../team.ts';
import { PublicMerchantView, publicMerchantView } from '../views.ts';

const shared = {
  access: 'admin',
  ratePerMinute: 30,
  output: PublicMerchantView,
  emits: [merchantChanged, userChanged],
} as const;

export const suspendMerchant = defineCommand({
  ...shared,
  name: 'merchants.suspend',
  summary: 'Hide a shop and all its listings, with a reason, which its team is told. What was bought goes on.',
  input: z.strictObject({ merchantId: MerchantId, reason: Reason }),
  errors: ['merchants.not_found', 'merchants.wrong_state'],
  async run({ input: { merchantId, reason }, tx, fail }) {
    const merchant = await lockMerchant(tx, merchantId);
    if (!merchant) return fail('merchants.not_found');
    const changed = await changeSuspension(tx, merchant, { held: 'admin', reason, by: 'admin' });
    if (!changed) fail('merchants.wrong_state');
    return publicMerchantView(merchant);
  },
});

export const reinstateMerchant = defineCommand({
  ...shared,
  name: 'merchants.reinstate',
  summary: 'Bring a suspended shop and its listings back. Nobody does that for a shop that they work for.',
  input: z.strictObject({
    merchantId: MerchantId,
    reason: Reason,
    held: z.enum(['admin', 'moderation']).default('admin').describe('Whose suspension is taken back; the other stays.'),
  }),
  errors: ['merchants.not_found', 'merchants.own', 'merchants.wrong_state'],
  async run({ input: { merchantId, held }, actor, tx, fail }) {
    const merchant = await lockMerchant(tx, merchantId);
    if (!merchant) return fail('merchants.not_found');
    const team = await teamOf(tx.db, merchantId);
    if (team.some(({ userId }) => userId === actor.userId)) fail('merchants.own');
    const changed = await changeSuspension(tx, merchant, { held, reason: null, by: 'admin' });
    if (!changed) fail('merchants.wrong_state');
    return publicMerchantView(merchant);
  },
});
