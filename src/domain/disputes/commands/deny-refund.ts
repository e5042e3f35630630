import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { applyMove } from '../../kernel/machine.ts';
import { orderChanged, orderTold } from '../../orders/index.ts';
import { RefundRequestId } from '../entities.ts';
import { refundRequestChanged, tellRequest } from '../events.ts';
import { refundRequestMachine } from '../machine.ts';
import { lockRequest, requestSide, resumeReceiptOf } from '../requests.ts';
import { text } from '../settings.ts';
import { RefundRequestView, refundRequestView } from '../views.ts';

export const denyRefund = defineCommand({
  name: 'refunds.deny',
  access: 'user',
  summary: 'As the seller or an admin, turn a refund request down in time. The buyer may still open a dispute.',
  input: z.strictObject({ refundRequestId: RefundRequestId, reason: text }),
  output: RefundRequestView,
  errors: ['refunds.not_found', 'refunds.not_possible', 'refunds.expired'],
  emits: [refundRequestChanged, orderChanged, orderTold],
  async run({ input, actor, tx, fail }) {
    const locked = await lockRequest(tx, input.refundRequestId);
    const side = locked && (await requestSide(tx.db, locked.request, actor));
    if (!locked || !side) return fail('refunds.not_found');
    const { request, found } = locked;
    const at = await tx.now();
    if (!applyMove(refundRequestMachine, request, { name: 'deny', by: side, at })) fail('refunds.not_possible');
    if (request.deadline <= at) fail('refunds.expired');
    Object.assign(request, { answer: input.reason, decidedAt: at });
    tellRequest(tx, request, 'denied');
    await resumeReceiptOf(tx, found);
    if (side === 'staff') {
      const subject = { kind: 'order', id: request.orderId };
      tx.audit({ action: 'refunds.deny', subject, details: { refundRequestId: request.id } });
    }
    return refundRequestView(request, side);
  },
});
