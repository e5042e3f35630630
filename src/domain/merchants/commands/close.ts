import { z } from 'zod';
import { userChanged } from '../../identity/index.ts';
import { defineCommand } from '../../kernel/define.ts';
import { MerchantId } from '../entities.ts';
import { invitationChanged, merchantChanged } from '../events.ts';
import { mayClose } from '../policy.ts';
import { closeMerchant, lockOwnMerchant } from '../team.ts';

export const closeShop = defineCommand({
  name: 'merchants.close',
  access: 'merchant',
  ratePerMinute: 10,
  summary: 'Close your shop for good, as its owner. Its listings and orders stay yours, as a private seller.',
  input: z.strictObject({ merchantId: MerchantId }),
  output: z.object({ merchantId: MerchantId }),
  errors: ['merchants.not_found', 'merchants.suspended'],
  emits: [merchantChanged, invitationChanged, userChanged],
  async run({ input: { merchantId }, actor, tx, fail }) {
    const { merchant, self } = await lockOwnMerchant({ tx, userId: actor.userId, fail }, merchantId);
    if (!mayClose(self.role)) fail('auth.forbidden');
    // Closing must not be a way out of a suspension.
    if (merchant.state === 'suspended') fail('merchants.suspended');
    await closeMerchant(tx, merchant, 'owner');
    return { merchantId };
  },
});
