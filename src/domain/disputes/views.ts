import { z } from 'zod';
import type { Db } from '../kernel/define.ts';
import { UserId } from '../kernel/ids.ts';
import { movesFor } from '../kernel/machine.ts';
import { Currency } from '../kernel/money.ts';
import { orNull } from '../kernel/or-null.ts';
import { iso, Timestamp } from '../kernel/timestamp.ts';
import { OrderId } from '../orders/index.ts';
import {
  DisputeId,
  disputeReasons,
  DisputeStatementEntity,
  RefundRequestId,
  type Dispute,
  type DisputeStatement,
  type RefundRequest,
} from './entities.ts';
import { disputeMachine, refundRequestMachine } from './machine.ts';

export const RefundRequestView = z.object({
  id: RefundRequestId,
  version: z.int(),
  orderId: OrderId,
  role: z.enum(['buyer', 'seller', 'staff']),
  state: z.enum(refundRequestMachine.states),
  currency: Currency,
  /** What is asked for. */
  amountMinor: z.int(),
  /** What goes back. */
  approvedMinor: orNull(z.int()),
  lines: orNull(z.array(z.object({ listingId: z.uuid(), title: z.string(), quantity: z.int() }))),
  reason: z.string(),
  evidenceIds: z.array(z.uuid()).describe('`refunds.evidence` opens them.'),
  /** Why it was denied. */
  answer: orNull(z.string()),
  /** Without an answer until then it becomes a dispute, once the order is delivered. */
  deadline: Timestamp,
  /** What it became. */
  disputeId: orNull(DisputeId),
  decidedAt: orNull(Timestamp),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  allowedActions: z.array(z.string()),
});
export type RequestSide = z.infer<typeof RefundRequestView>['role'];

const Statement = z.object({
  side: z.enum(['buyer', 'seller']),
  text: z.string(),
  evidenceIds: z.array(z.uuid()).describe('`disputes.evidence` opens them.'),
  at: Timestamp,
});

/** A dispute as one of its two sides sees it. Which moderator looks at it they do not learn. */
export const DisputeView = z.object({
  id: DisputeId,
  version: z.int(),
  orderId: OrderId,
  role: z.enum(['buyer', 'seller', 'moderator']),
  state: z.enum(disputeMachine.states),
  reason: z.enum(disputeReasons),
  currency: Currency,
  /** What the buyer could get back when it was opened. */
  amountMinor: z.int(),
  /** What the buyer gets back, once it is decided. */
  refundMinor: orNull(z.int()),
  statements: z.array(Statement),
  /** The moderator's reasons. */
  note: orNull(z.string()),
  /** Until when the seller may answer. */
  deadline: Timestamp,
  decidedAt: orNull(Timestamp),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  allowedActions: z.array(z.string()),
});
export type DisputeSide = z.infer<typeof DisputeView>['role'];

/** A dispute as moderators see it. */
export const DisputeDetails = DisputeView.extend({
  buyerId: UserId,
  sellerId: UserId,
  claimedBy: orNull(UserId),
  claimedAt: orNull(Timestamp),
});

export function refundRequestView(request: RefundRequest, side: RequestSide): z.input<typeof RefundRequestView> {
  const { id, version, orderId, state, currency, amountMinor, approvedMinor, lines, reason, evidenceIds } = request;
  return {
    id,
    version,
    orderId,
    role: side,
    state,
    currency,
    amountMinor,
    approvedMinor,
    lines,
    reason,
    evidenceIds,
    answer: request.answer,
    deadline: iso(request.deadline),
    disputeId: request.disputeId,
    decidedAt: iso(request.decidedAt),
    createdAt: iso(request.createdAt),
    updatedAt: iso(request.updatedAt),
    allowedActions: movesFor(refundRequestMachine, { state, by: side }).map((move) => `refunds.${move}`),
  };
}

/** A dispute with what its sides said. */
export interface DisputeFile {
  readonly dispute: Dispute;
  readonly statements: readonly DisputeStatement[];
}

export async function withStatements(db: Db, disputes: readonly Dispute[]): Promise<DisputeFile[]> {
  const ids = disputes.map(({ id }) => id);
  const found = await db.find(DisputeStatementEntity, { disputeId: { $in: ids } }, { orderBy: { id: 'asc' } });
  const byDispute = Map.groupBy(found, ({ disputeId }) => disputeId);
  return disputes.map((dispute) => ({ dispute, statements: byDispute.get(dispute.id) ?? [] }));
}

export function disputeView({ dispute, statements }: DisputeFile, side: DisputeSide): z.input<typeof DisputeView> {
  const { id, version, orderId, state, reason, currency, amountMinor, refundMinor, note } = dispute;
  return {
    id,
    version,
    orderId,
    role: side,
    state,
    reason,
    currency,
    amountMinor,
    refundMinor,
    statements: statements.map((said) => ({
      side: said.side,
      text: said.text,
      evidenceIds: said.evidenceIds,
      at: iso(said.createdAt),
    })),
    note,
    deadline: iso(dispute.deadline),
    decidedAt: iso(dispute.decidedAt),
    createdAt: iso(dispute.createdAt),
    updatedAt: iso(dispute.updatedAt),
    allowedActions: [...new Set(movesFor(disputeMachine, { state, by: side }).map((move) => commandOf[move]))],
  };
}

const commandOf: Readonly<Record<keyof (typeof disputeMachine)['moves'], string>> = {
  ask: 'disputes.open',
  respond: 'disputes.respond',
  // Giving in is an answer.
  concede: 'disputes.respond',
  lapse: 'disputes.respond',
  overtake: 'disputes.respond',
  withdraw: 'disputes.withdraw',
  claim: 'disputes.claim',
  resolveToBuyer: 'disputes.resolve',
  resolveToSeller: 'disputes.resolve',
  split: 'disputes.resolve',
};

export function disputeDetails(file: DisputeFile): z.input<typeof DisputeDetails> {
  const { buyerId, sellerId, claimedBy, claimedAt } = file.dispute;
  return { ...disputeView(file, 'moderator'), buyerId, sellerId, claimedBy, claimedAt: iso(claimedAt) };
}
