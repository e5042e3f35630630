import { z } from 'zod';
import { lockEscrow, refundableOf } from '../../escrow/index.ts';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { newId } from '../../kernel/ids.ts';
import { AmountMinor } from '../../kernel/money.ts';
import { attachUploads } from '../../media/index.ts';
import {
  lockOrder,
  orderChanged,
  OrderId,
  orderTold,
  sideFor,
  stopReceipt,
  type OrderWithLines,
} from '../../orders/index.ts';
import { amountOfLines } from '../amounts.ts';
import { hasOpenChargeback } from '../open-chargebacks.ts';
import { RefundRequestEntity, type RefundRequest } from '../entities.ts';
import { refundRequestChanged, tellRequest } from '../events.ts';
import { openRequestsOf } from '../requests.ts';
import { disputeLimits, disputeSettingsPort, evidenceIds, text } from '../settings.ts';
import { RefundRequestView, refundRequestView } from '../views.ts';

const Line = z
  .strictObject({
    lineId: z.uuid().optional(),
    listingId: z.uuid().optional(),
    quantity: z.int().min(1).max(disputeLimits.quantityMax),
  })
  .refine(({ lineId, listingId }) => (lineId === undefined) !== (listingId === undefined), {
    error: 'either lineId or listingId',
  });

export const requestRefund = defineCommand({
  name: 'refunds.request',
  access: 'user',
  ratePerMinute: 20,
  summary: 'As the buyer, ask the seller for money back: for lines, an amount, or all that is left while it is held.',
  input: z
    .strictObject({
      orderId: OrderId,
      amountMinor: AmountMinor.optional(),
      lines: z.array(Line).min(1).max(disputeLimits.linesMax).optional(),
      reason: text,
      evidenceIds,
    })
    .refine(({ amountMinor, lines }) => amountMinor === undefined || lines === undefined, {
      path: ['lines'],
      error: 'either an amount or lines',
    }),
  output: RefundRequestView,
  errors: [
    'orders.not_found',
    'refunds.chargeback_open',
    'refunds.not_possible',
    'refunds.nothing_left',
    'refunds.too_many',
    'refunds.line_unknown',
    'refunds.too_much',
    'uploads.not_found',
    'uploads.not_confirmed',
  ],
  emits: [refundRequestChanged, orderChanged, orderTold],
  async run({ input, actor, tx, fail }) {
    const found = await lockOrder(tx, input.orderId);
    const side = found && (await sideFor(tx.db, found.order, actor.userId));
    if (!found || !side) return fail('orders.not_found');
    if (await hasOpenChargeback(tx, input.orderId)) fail('refunds.chargeback_open');
    if (side !== 'buyer' || found.order.state === 'disputed') fail('refunds.not_possible');
    const leftMinor = await leftToAsk(tx, input.orderId);
    if (leftMinor <= 0) fail('refunds.nothing_left');
    const { orderId } = input;
    if ((await tx.db.count(RefundRequestEntity, { orderId })) >= disputeLimits.requestsMax) fail('refunds.too_many');
    const ofLines = input.lines && amountOfLines(found, input.lines);
    if (ofLines === null) return fail('refunds.line_unknown');
    const amountMinor = input.amountMinor ?? ofLines?.amountMinor ?? leftMinor;
    if (amountMinor > leftMinor || amountMinor === 0) fail('refunds.too_much');
    const evidence = { ownerId: actor.userId, uploadIds: input.evidenceIds, purpose: 'evidence' } as const;
    const attached = await attachUploads(tx, evidence);
    if (typeof attached === 'string') return fail(attached);
    const asked = { amountMinor, lines: ofLines?.lines ?? null, reason: input.reason, evidenceIds: input.evidenceIds };
    return refundRequestView(await openRequest(tx, found, asked), 'buyer');
  },
});

/** What is held of the buyer's and nobody asks for yet. The order must be locked. */
async function leftToAsk(tx: Tx, orderId: string): Promise<number> {
  const escrow = await lockEscrow(tx, orderId);
  if (!escrow) return 0;
  const asked = (await openRequestsOf(tx, orderId)).reduce((total, { amountMinor }) => total + amountMinor, 0);
  return (await refundableOf(tx, escrow)) - asked;
}

async function openRequest(
  tx: Tx,
  found: OrderWithLines,
  asked: Pick<RefundRequest, 'amountMinor' | 'lines' | 'reason' | 'evidenceIds'>,
): Promise<RefundRequest> {
  const { id: orderId, buyerId, sellerId, currency } = found.order;
  const now = await tx.now();
  const deadline = new Date(now.getTime() + tx.port(disputeSettingsPort).answerMs);
  const request = tx.db.create(RefundRequestEntity, {
    ...asked,
    id: newId(),
    orderId,
    buyerId,
    sellerId,
    state: 'requested',
    currency,
    approvedMinor: null,
    answer: null,
    deadline,
    dueAt: deadline,
    receiptAt: await stopReceipt(tx, found),
    disputeId: null,
    decidedAt: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  });
  tellRequest(tx, request, 'requested');
  return request;
}
