import { LockMode } from '@mikro-orm/core';
import type { UserActor } from '../kernel/actor.ts';
import type { Db, Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { applyMove } from '../kernel/machine.ts';
import { actsFor } from '../merchants/index.ts';
import { lockOrderInGroup, resumeReceipt, type OrderGroup, type OrderWithLines } from '../orders/index.ts';
import { RefundRequestEntity, type DisputeId, type RefundRequest, type RefundRequestId } from './entities.ts';
import { tellRequest } from './events.ts';
import { refundRequestMachine } from './machine.ts';
import { disputeLimits } from './settings.ts';
import type { RequestSide } from './views.ts';

/** The side that a person is on: as buyer, as seller or in the team of the seller's shop; null for everybody else. */
export async function sideIn(
  db: Db,
  { buyerId, sellerId }: Pick<RefundRequest, 'buyerId' | 'sellerId'>,
  userId: UserActor['userId'],
): Promise<'buyer' | 'seller' | null> {
  if (userId === buyerId) return 'buyer';
  return (await actsFor(db, { userId, sellerId }, 'orders')) ? 'seller' : null;
}

/** The same for a refund request; admins who are no side of it are staff. */
export async function requestSide(db: Db, request: RefundRequest, actor: UserActor): Promise<RequestSide | null> {
  return (await sideIn(db, request, actor.userId)) ?? (actor.roles.includes('admin') ? 'staff' : null);
}

export interface LockedRequest {
  readonly request: RefundRequest;
  readonly group: OrderGroup;
  readonly found: OrderWithLines;
}

/** Locks a request's group and order, then the request. */
export async function lockRequest(tx: Tx, id: RefundRequestId): Promise<LockedRequest | null> {
  const seen = await tx.db.findOne(RefundRequestEntity, { id });
  const locked = seen && (await lockOrderInGroup(tx, seen.orderId));
  if (!locked) return null;
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  return { ...locked, request: await tx.db.findOneOrFail(RefundRequestEntity, { id }, lock) };
}

/** Requests of an order without an answer. The order must be locked. */
export async function openRequestsOf(tx: Tx, orderId: string): Promise<RefundRequest[]> {
  await tx.db.flush();
  const open = { orderId, state: 'requested' } as const;
  return tx.db.find(RefundRequestEntity, open, { refresh: true, orderBy: { id: 'asc' } });
}

/** Ends a request without an answer; a dispute may have taken its place. */
export async function expireRequest(tx: Tx, request: RefundRequest, disputeId: DisputeId | null): Promise<void> {
  const at = await tx.now();
  assert(
    applyMove(refundRequestMachine, request, { name: 'expire', by: 'system', at }),
    `request ${request.id} is open`,
  );
  Object.assign(request, { disputeId, decidedAt: at });
  tellRequest(tx, request, 'expired');
}

/** Once no request is open, the time to receive goes on, with time enough to object to the last answer. */
export async function resumeReceiptOf(tx: Tx, found: OrderWithLines): Promise<void> {
  const orderId = found.order.id;
  if ((await openRequestsOf(tx, orderId)).length > 0) return;
  const stopped = await tx.db.find(RefundRequestEntity, { orderId, receiptAt: { $ne: null } });
  const objectUntil = (await tx.now()).getTime() + disputeLimits.objectMs;
  const times = stopped.map(({ receiptAt }) => receiptAt?.getTime() ?? 0);
  await resumeReceipt(tx, found, new Date(Math.max(objectUntil, ...times)));
}
