import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { ChargebackId } from '../chargeback-entities.ts';
import { seeChargeback, seenView } from '../chargeback-sides.ts';
import { ChargebackDetails, ChargebackView } from '../chargeback-views.ts';

export const getChargeback = defineQuery({
  name: 'chargebacks.get',
  access: 'user',
  summary: 'A chargeback of a payment for your sales, your part of it; admins see the whole.',
  input: z.strictObject({ chargebackId: ChargebackId }),
  output: z.union([ChargebackDetails, ChargebackView]),
  errors: ['chargebacks.not_found'],
  async run({ input, actor, db, fail }) {
    const seen = await seeChargeback(db, input.chargebackId, actor);
    return seen ? seenView(seen) : fail('chargebacks.not_found');
  },
});
