import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { applyMove } from '../../kernel/machine.ts';
import { orderChanged, orderTold } from '../../orders/index.ts';
import { RefundRequestId } from '../entities.ts';
import { refundRequestChanged, tellRequest } from '../events.ts';
import { refundRequestMachine } from '../machine.ts';
import { lockRequest, requestSide, resumeReceiptOf } from '../requests.ts';
import { RefundRequestView, refundRequestView } from '../views.ts';

export const withdrawRefund = defineCommand({
  name: 'refunds.withdraw',
  access: 'user',
  summary: 'As the buyer, take a refund request back that has no answer yet.',
  input: z.strictObject({ refundRequestId: RefundRequestId }),
  output: RefundRequestView,
  errors: ['refunds.not_found', 'refunds.not_possible'],
  emits: [refundRequestChanged, orderChanged, orderTold],
  async run({ input, actor, tx, fail }) {
    const locked = await lockRequest(tx, input.refundRequestId);
    const side = locked && (await requestSide(tx.db, locked.request, actor));
    if (!locked || !side || side === 'staff') return fail('refunds.not_found');
    const { request, found } = locked;
    const at = await tx.now();
    if (!applyMove(refundRequestMachine, request, { name: 'withdraw', by: side, at })) fail('refunds.not_possible');
    request.decidedAt = at;
    tellRequest(tx, request, 'withdrawn');
    await resumeReceiptOf(tx, found);
    return refundRequestView(request, side);
  },
});
