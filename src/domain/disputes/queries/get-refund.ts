import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { RefundRequestEntity, RefundRequestId } from '../entities.ts';
import { requestSide } from '../requests.ts';
import { RefundRequestView, refundRequestView } from '../views.ts';

export const getRefund = defineQuery({
  name: 'refunds.get',
  access: 'user',
  summary: 'A refund request of an order that you buy or sell; admins see all.',
  input: z.strictObject({ refundRequestId: RefundRequestId }),
  output: RefundRequestView,
  errors: ['refunds.not_found'],
  async run({ input, actor, db, fail }) {
    const request = await db.findOne(RefundRequestEntity, { id: input.refundRequestId });
    const side = request && (await requestSide(db, request, actor));
    return request && side ? refundRequestView(request, side) : fail('refunds.not_found');
  },
});
