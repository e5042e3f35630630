import { freezeEscrow, lockEscrow, refundableOf } from '../escrow/index.ts';
import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { newId, type UserId } from '../kernel/ids.ts';
import { applyMove } from '../kernel/machine.ts';
import { disputeOrder } from '../orders/index.ts';
import {
  DisputeEntity,
  DisputeStatementEntity,
  type Dispute,
  type DisputeReason,
  type DisputeStatement,
  type RefundRequest,
} from './entities.ts';
import { tellDispute } from './events.ts';
import { disputeMachine } from './machine.ts';
import { expireRequest, openRequestsOf } from './requests.ts';
import { disputeSettingsPort } from './settings.ts';
import type { DisputeFile } from './views.ts';

export interface Complaint {
  readonly orderId: RefundRequest['orderId'];
  readonly reason: DisputeReason;
  readonly text: string;
  readonly evidenceIds: readonly string[];
}

interface Said extends Pick<Complaint, 'text' | 'evidenceIds'> {
  readonly side: 'buyer' | 'seller';
  readonly authorId: UserId;
}

/**
 * Opens the dispute of a delivered order: its money is frozen, and refund requests without an answer become part of
 * it. Null, changing nothing, when the order is in another state. Locks the order.
 */
export async function openDispute(tx: Tx, { orderId, reason, ...said }: Complaint): Promise<DisputeFile | null> {
  const found = await disputeOrder(tx, { orderId, by: 'buyer' });
  if (!found) return null;
  const { buyerId, sellerId, currency } = found.order;
  const escrow = await lockEscrow(tx, orderId);
  const now = await tx.now();
  const dispute = tx.db.create(DisputeEntity, {
    id: newId(),
    orderId,
    buyerId,
    sellerId,
    state: 'open',
    currency,
    amountMinor: escrow ? await refundableOf(tx, escrow) : 0,
    refundMinor: null,
    reason,
    note: null,
    deadline: new Date(now.getTime() + tx.port(disputeSettingsPort).answerMs),
    claimedBy: null,
    claimedAt: null,
    decidedAt: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  });
  const statement = await state(tx, dispute, { ...said, side: 'buyer', authorId: buyerId });
  await freezeEscrow(tx, orderId);
  for (const request of await openRequestsOf(tx, orderId)) await expireRequest(tx, request, dispute.id);
  assert(applyMove(disputeMachine, dispute, { name: 'ask', by: 'system', at: now }), 'a new dispute asks the seller');
  const file = { dispute, statements: [statement] };
  tellDispute(tx, file, 'opened');
  return file;
}

/** Writes down what a side says. */
export async function state(
  tx: Tx,
  { id: disputeId }: Pick<Dispute, 'id'>,
  { side, authorId, text, evidenceIds }: Said,
): Promise<DisputeStatement> {
  const fields = { id: newId(), disputeId, side, authorId, text, evidenceIds: [...evidenceIds] };
  return tx.db.create(DisputeStatementEntity, { ...fields, createdAt: await tx.now() });
}
