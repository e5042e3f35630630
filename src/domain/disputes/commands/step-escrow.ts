import { z } from 'zod';
import { lockEscrow } from '../../escrow/index.ts';
import type { UserActor } from '../../kernel/actor.ts';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { newId } from '../../kernel/ids.ts';
import { walletChanged } from '../../ledger/index.ts';
import {
  completeOrders,
  endRefunded,
  lockOrderInGroup,
  mayEndRefunded,
  orderChanged,
  OrderId,
  orderTold,
  receiveOrder,
  type OrderWithLines,
} from '../../orders/index.ts';
import { refundFromEscrow } from '../../payments/index.ts';
import { escrowSteps, EscrowStepEntity, stepResults, type EscrowStep } from '../escrow-step-entity.ts';
import { refundRequestChanged } from '../events.ts';
import { expireRequest, openRequestsOf, sideIn } from '../requests.ts';

type StepSide = 'buyer' | 'seller' | 'operator';
type Refusal = 'orders.not_possible' | 'refunds.chargeback_open' | 'refunds.goods_under_way' | 'refunds.nothing_left';

/** Whose step it is; an operator, an admin who is no side of the order, may take any. */
const takers: Readonly<Record<EscrowStep, StepSide>> = { release: 'buyer', refund: 'seller' };

export const stepEscrow = defineCommand({
  name: 'escrow.step',
  access: 'user',
  ratePerMinute: 30,
  summary:
    'Take the next step of the money of an order: its buyer lets it go to the seller, or its seller gives it back. ' +
    'An admin may take either step of the orders of others.',
  input: z.strictObject({ orderId: OrderId, step: z.enum(escrowSteps) }),
  output: z.object({
    orderId: OrderId,
    step: z.enum(escrowSteps),
    result: z.enum(stepResults).describe('`cancelled` when the money goes back to the buyer.'),
  }),
  errors: [
    'orders.not_found',
    'orders.not_possible',
    'refunds.chargeback_open',
    'refunds.goods_under_way',
    'refunds.nothing_left',
  ],
  emits: [orderChanged, orderTold, refundRequestChanged, walletChanged],
  async run({ input: { orderId, step }, actor, tx, fail }) {
    const locked = await lockOrderInGroup(tx, orderId);
    const side = locked && (await stepSide(tx, locked.found, actor));
    if (!locked || !side) return fail('orders.not_found');
    if (side !== 'operator' && side !== takers[step]) fail('orders.not_possible');
    const refusal = step === 'release' ? await release(tx, locked.found, side) : await giveBack(tx, locked.found);
    if (refusal) return fail(refusal);
    const result = step === 'release' ? ('ok' as const) : ('cancelled' as const);
    tx.db.create(EscrowStepEntity, { id: newId(), orderId, step, result, bySide: side, at: await tx.now() });
    if (side === 'operator') {
      tx.audit({ action: 'escrow.step', subject: { kind: 'order', id: orderId }, details: { step } });
    }
    return { orderId, step, result };
  },
});

async function stepSide(tx: Tx, { order }: OrderWithLines, actor: UserActor): Promise<StepSide | null> {
  return (await sideIn(tx.db, order, actor.userId)) ?? (actor.roles.includes('admin') ? 'operator' : null);
}

/** The order counts as received, so that its money is released as soon as nothing holds it. */
async function release(tx: Tx, found: OrderWithLines, side: StepSide): Promise<Refusal | null> {
  const by = side === 'buyer' ? 'buyer' : 'system';
  if (!(await receiveOrder(tx, found, by))) return 'orders.not_possible';
  tx.nudge(completeOrders);
  return null;
}

/** All that is left goes back, the order ends with it, and nobody has to answer requests for it any more. */
async function giveBack(tx: Tx, found: OrderWithLines): Promise<Refusal | null> {
  const { id: orderId, state } = found.order;
  const escrow = await lockEscrow(tx, orderId);
  if (!escrow || escrow.releasedAt || escrow.state === 'refunded') return 'refunds.nothing_left';
  if (escrow.openChargebacks > 0) return 'refunds.chargeback_open';
  if (state === 'disputed') return 'orders.not_possible';
  if (!mayEndRefunded(found)) return 'refunds.goods_under_way';
  if (!(await refundFromEscrow(tx, { orderId })) || !(await endRefunded(tx, found))) return 'orders.not_possible';
  for (const request of await openRequestsOf(tx, orderId)) await expireRequest(tx, request, null);
  return null;
}
