import type { Currency } from '../kernel/money.ts';

/** Languages that people may be written to in. */
export const locales = ['en', 'es', 'ar', 'ru', 'sw'] as const;
export type Locale = (typeof locales)[number];

interface Amount {
  amountMinor: number;
  currency: Currency;
}

/** What each text needs to be written. Moments are ISO 8601. The texts are in `texts/`, one file a language. */
export interface TemplateParams {
  'otp.code': { code: string; minutes: number };
  'password.reset': { link: string; minutes: number };
  'password.changed': { at: string };
  'account.invited': { link: string; days: number };
  'address.replaced': { at: string };
  'session.new': { device: string; place: string; at: string };
  'telegram.linked': { at: string };
  'telegram.unlinked': { at: string };
  'account.deleted': { at: string };
  'merchant.invited': { merchant: string; by: string; code: string; days: number };
  'sanction.suspend': { reason?: string; until?: string };
  'sanction.remove': { reason?: string };
  'sanction.ended': object;
  'invitation.invited': { merchant: string };
  'application.approved': { merchant: string };
  'application.rejected': { reason?: string };
  'merchant.suspended': { reason?: string };
  'merchant.reinstated': object;
  'merchant.removed': { merchant: string };
  'merchant.transferred': { merchant: string };
  'hub_assignment.assigned': { hub: string };
  'hub_assignment.removed': { hub: string };
  'verification.approved': object;
  'verification.rejected': { reason?: string };
  'verification.expiring': { expiresOn: string };
  'verification.revoked': { reason?: string };
  'verification.expired': object;
  'report.resolved': object;
  'report.dismissed': object;
  'sanction.warn': { reason?: string };
  'listing.taken_down': { title: string; reason?: string };
  'listing.restored': { title: string };
  'review.revealed': { rating: number };
  'review.replied': object;
  'message.text': { subject: string; preview: string };
  'message.image': { subject: string; count: number };
  'offer.received': Amount & { quantity: number };
  'offer.countered': Amount;
  'offer.accepted': Amount;
  'offer.declined': Amount;
  'offer.expired': Amount;
  'order.placed': Amount & { title: string };
  'order.accepted': { title: string };
  'order.rejected': { title: string; reason?: string };
  'order.ready_for_pickup': { title: string };
  'order.delivered': { title: string };
  'order.received': { title: string };
  'order.cancelled': { title: string; reason?: string };
  'order.answer_due': { title: string; until: string };
  'order.handling_due': { title: string; until: string };
  'order.pickup_due': { title: string; until: string };
  'order.receipt_due': { title: string; until: string };
  'order.expired': { title: string };
  'order.paid_late': { title: string };
  'order.refund_started': Amount & { title: string };
  'shipment.at_hub': { hub: string };
  'shipment.out_for_delivery': { courier: string };
  'shipment.failed': { reason?: string };
  'shipment.lost': { hub: string };
  'shipment.returning': { hub: string; reason?: string };
  'refund_request.requested': Amount;
  'refund_request.approved': Amount;
  'refund_request.denied': Amount & { reason?: string };
  'dispute.opened': Amount;
  'dispute.responded': Amount;
  'dispute.withdrawn': Amount;
  'dispute.resolved': Amount;
  'chargeback.opened': Amount;
  'chargeback.won': Amount;
  'chargeback.lost': Amount;
  'payment.failed': Amount;
  'payment.refunded': Amount;
  'wallet.topped_up': Amount;
  'wallet.refunded': Amount;
  'wallet.credited': Amount;
  'wallet.fee_returned': Amount;
  'payout.credited': Amount;
  'payout.paid': Amount;
  'payout.failed': Amount;
  'listing.price_dropped': { title: string; priceMinor: number; wasMinor: number; currency: Currency };
  'listing.back_in_stock': { title: string };
  /** Titles of what happened, one a line. */
  'digest.summary': { count: number; lines: string };
  /** For a notice whose own text is unknown or cannot be written. */
  'notice.generic': object;
}
export type TemplateKey = keyof TemplateParams;
