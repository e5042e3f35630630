import { z } from 'zod';
import { isUniqueViolation } from '../../kernel/database-errors.ts';
import { defineCommand } from '../../kernel/define.ts';
import { MerchantId } from '../entities.ts';
import { merchantChanged } from '../events.ts';
import { mayEdit } from '../policy.ts';
import { merchantFields, MerchantSlug } from '../rules.ts';
import { lockOwnMerchant, tellTeam } from '../team.ts';
import { MerchantView, merchantView } from '../views.ts';

const fields = merchantFields;

export const updateMerchant = defineCommand({
  name: 'merchants.update',
  access: 'user',
  ratePerMinute: 30,
  summary: 'Change what your shop tells of itself, as its owner or a manager; fields left out stay, null clears.',
  input: z.strictObject({
    merchantId: MerchantId,
    name: fields.name.optional(),
    slug: MerchantSlug.optional(),
    description: fields.description.optional(),
    category: fields.category.nullable().optional(),
    contactEmail: fields.contactEmail.optional(),
    contactPhone: fields.contactPhone.nullable().optional(),
    address: fields.address.nullable().optional(),
  }),
  output: MerchantView,
  errors: ['merchants.not_found', 'merchants.suspended', 'merchants.slug_taken'],
  emits: [merchantChanged],
  async run({ input: { merchantId, ...given }, actor, tx, fail }) {
    const { merchant, team, self } = await lockOwnMerchant({ tx, userId: actor.userId, fail }, merchantId);
    if (!mayEdit(self.role)) fail('auth.forbidden');
    if (merchant.state === 'suspended') fail('merchants.suspended');
    const changes = Object.entries(given).filter(([, value]) => value !== undefined);
    Object.assign(merchant, Object.fromEntries(changes));
    try {
      await tellTeam(tx, merchant, 'updated');
    } catch (error) {
      if (isUniqueViolation(error, 'merchant_slug_key')) fail('merchants.slug_taken');
      throw error;
    }
    return merchantView(merchant, { role: self.role, team });
  },
});
