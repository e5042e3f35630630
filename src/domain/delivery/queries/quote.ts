import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { UserId } from '../../kernel/ids.ts';
import { Currency } from '../../kernel/money.ts';
import { orNull } from '../../kernel/or-null.ts';
import { HubId } from '../entities.ts';
import { quoteDelivery, quoteErrors } from '../quoting.ts';
import { DeliveryAddress, deliveryRules } from '../rules.ts';

export const quote = defineQuery({
  name: 'delivery.quote',
  access: 'user',
  ratePerMinute: 120,
  summary: 'What bringing a purchase costs, before it is made: each seller sends one parcel with a fee of its own.',
  input: z.strictObject({
    method: z.enum(['pickup', 'hub', 'courier']),
    hubId: HubId.optional().describe('Where the parcel is picked up, or from where the courier sets out.'),
    address: DeliveryAddress.optional().describe('Where the courier goes to.'),
    sellerIds: z
      .array(UserId)
      .min(1)
      .max(deliveryRules.sellersMax)
      .refine((ids) => new Set(ids).size === ids.length, 'expected each seller once'),
    currency: Currency,
  }),
  output: z.object({
    currency: Currency,
    totalMinor: z.int(),
    perSeller: z.array(
      z.object({ sellerId: UserId, feeMinor: z.int(), hubId: orNull(HubId), distanceKm: orNull(z.number()) }),
    ),
  }),
  errors: quoteErrors,
  async run({ input, db, fail }) {
    const quoted = await quoteDelivery(db, input);
    if (!quoted.ok) return fail(`delivery.${quoted.reason}`);
    const perSeller = input.sellerIds.map((sellerId) => {
      const { feeMinor, hubId, distanceKm } = quoted.perSeller.get(sellerId)!;
      return { sellerId, feeMinor, hubId, distanceKm };
    });
    const totalMinor = perSeller.reduce((sum, { feeMinor }) => sum + feeMinor, 0);
    return { currency: input.currency, totalMinor, perSeller };
  },
});
