import { z } from 'zod';
import { defineEvent, type Tx } from '../kernel/define.ts';
import type { RefundRequest } from './entities.ts';
import { DisputeView, disputeView, RefundRequestView, refundRequestView, type DisputeFile } from './views.ts';

const requestKinds = ['requested', 'approved', 'denied', 'withdrawn', 'expired'] as const;
const disputeKinds = ['opened', 'responded', 'lapsed', 'claimed', 'withdrawn', 'resolved'] as const;

/** Which side hears of what outside the app: the one that did not do it. */
const requestNews: Readonly<Partial<Record<(typeof requestKinds)[number], 'buyer' | 'seller'>>> = {
  requested: 'seller',
  approved: 'buyer',
  denied: 'buyer',
};
const disputeNews: Readonly<Partial<Record<(typeof disputeKinds)[number], readonly string[]>>> = {
  opened: ['seller'],
  responded: ['buyer'],
  withdrawn: ['seller'],
  resolved: ['buyer', 'seller'],
};

export const refundRequestChanged = defineEvent({
  type: 'refundRequest.changed',
  entity: 'refund_request',
  view: RefundRequestView,
  change: z.object({ kind: z.enum(requestKinds) }),
  notice({ view: { id, role, amountMinor, approvedMinor, currency, answer }, change }) {
    if (!change || requestNews[change.kind] !== role) return null;
    const params = { amountMinor: approvedMinor ?? amountMinor, currency, ...(answer ? { reason: answer } : {}) };
    const about = { entity: 'refund_request', id };
    return { topic: 'orders', template: `refund_request.${change.kind}`, params, about };
  },
});

export const disputeChanged = defineEvent({
  type: 'dispute.changed',
  entity: 'dispute',
  view: DisputeView,
  change: z.object({ kind: z.enum(disputeKinds) }),
  notice({ view: { id, role, amountMinor, refundMinor, currency }, change }) {
    if (!change || !disputeNews[change.kind]?.includes(role)) return null;
    const params = { amountMinor: refundMinor ?? amountMinor, currency };
    return { topic: 'orders', template: `dispute.${change.kind}`, params, about: { entity: 'dispute', id } };
  },
});

/** Tells both sides, each with their own view. */
export function tellRequest(tx: Tx, request: RefundRequest, kind: (typeof requestKinds)[number]): void {
  const { buyerId, sellerId } = request;
  tx.emit(refundRequestChanged, buyerId, { view: refundRequestView(request, 'buyer'), change: { kind } });
  tx.emit(refundRequestChanged, sellerId, { view: refundRequestView(request, 'seller'), change: { kind } });
}

/** Tells both sides, each with their own view. */
export function tellDispute(tx: Tx, file: DisputeFile, kind: (typeof disputeKinds)[number]): void {
  const { buyerId, sellerId } = file.dispute;
  tx.emit(disputeChanged, buyerId, { view: disputeView(file, 'buyer'), change: { kind } });
  tx.emit(disputeChanged, sellerId, { view: disputeView(file, 'seller'), change: { kind } });
}
