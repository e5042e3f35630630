import { z } from 'zod';
import { lockEscrow, refundableOf } from '../../escrow/index.ts';
import { defineCommand } from '../../kernel/define.ts';
import { assert } from '../../kernel/errors.ts';
import { applyMove } from '../../kernel/machine.ts';
import { AmountMinor } from '../../kernel/money.ts';
import { walletChanged } from '../../ledger/index.ts';
import { endRefunded, mayEndRefunded, orderChanged, orderTold } from '../../orders/index.ts';
import { refundFromEscrow } from '../../payments/index.ts';
import { RefundRequestId } from '../entities.ts';
import { refundRequestChanged, tellRequest } from '../events.ts';
import { refundRequestMachine } from '../machine.ts';
import { hasOpenChargeback } from '../open-chargebacks.ts';
import { lockRequest, requestSide, resumeReceiptOf } from '../requests.ts';
import { RefundRequestView, refundRequestView } from '../views.ts';

export const approveRefund = defineCommand({
  name: 'refunds.approve',
  access: 'user',
  summary: 'As the seller or an admin, send money back: what was asked for, or less. All of it ends the order.',
  input: z.strictObject({
    refundRequestId: RefundRequestId,
    amountMinor: AmountMinor.optional().describe('Less than what was asked for.'),
  }),
  output: RefundRequestView,
  errors: [
    'refunds.not_found',
    'refunds.chargeback_open',
    'refunds.not_possible',
    'refunds.too_much',
    'refunds.goods_under_way',
  ],
  emits: [refundRequestChanged, orderChanged, orderTold, walletChanged],
  async run({ input, actor, tx, fail }) {
    const locked = await lockRequest(tx, input.refundRequestId);
    const side = locked && (await requestSide(tx.db, locked.request, actor));
    if (!locked || !side) return fail('refunds.not_found');
    const { request, found } = locked;
    const { orderId } = request;
    const at = await tx.now();
    if (await hasOpenChargeback(tx, orderId)) fail('refunds.chargeback_open');
    if (found.order.state === 'disputed') fail('refunds.not_possible');
    if (!applyMove(refundRequestMachine, request, { name: 'approve', by: side, at })) fail('refunds.not_possible');
    const amountMinor = input.amountMinor ?? request.amountMinor;
    if (amountMinor > request.amountMinor) fail('refunds.too_much');
    Object.assign(request, { approvedMinor: amountMinor, decidedAt: at });
    const escrow = await lockEscrow(tx, orderId);
    const leftMinor = escrow ? await refundableOf(tx, escrow) : 0;
    const isAll = amountMinor === leftMinor;
    if (isAll && !mayEndRefunded(found)) fail('refunds.goods_under_way');
    // Less is left than was asked for: it was released, or went back with the order.
    if (!(await refundFromEscrow(tx, { orderId, amountMinor }))) fail('refunds.not_possible');
    if (isAll) assert(await endRefunded(tx, found), `order ${orderId} ends with its money`);
    else await resumeReceiptOf(tx, found);
    tellRequest(tx, request, 'approved');
    if (side === 'staff') {
      const subject = { kind: 'order', id: orderId };
      tx.audit({ action: 'refunds.approve', subject, details: { refundRequestId: request.id, amountMinor } });
    }
    return refundRequestView(request, side);
  },
});
