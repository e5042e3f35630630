import type { OrderSide } from '../../orders/index.ts';

/** Who has the money of an order. */
export const holders = [
  'escrow',
  'refund_pending',
  'refunded',
  'promotion',
  'fee',
  'delivery',
  'debt',
  'reserve',
  'payout_pending',
  'paid_out',
  'charged_back',
  'losses',
  'seller',
] as const;
export type Holder = (typeof holders)[number];

/** Whom an order's money comes from: the buyer, or the market for a discount. */
export type Payer = 'buyer' | 'market';

export interface Booked {
  readonly kind: string;
  readonly code: string;
  readonly amountMinor: number;
}

/** The side of a posting about an order: who pays, or who holds what was paid. */
export function placeOf({ kind, code }: Booked): { payer: Payer } | { holder: Holder } {
  const [first = '', , third] = code.split(':');
  if (first === 'payment' || first === 'cod' || third === 'reserved') return { payer: 'buyer' };
  if (code === 'promo') return kind === 'order.fund' ? { payer: 'market' } : { holder: 'promotion' };
  const holder = byAccount[code] ?? byAccount[first];
  if (holder) return { holder };
  // What left for a bank or a wallet: back to the buyer, or on to the seller.
  if (kind.startsWith('chargeback.') && third !== 'available') return { holder: 'charged_back' };
  return { holder: kind.startsWith('refund.') ? 'refunded' : 'paid_out' };
}

const byAccount: Readonly<Record<string, Holder>> = {
  escrow: 'escrow',
  refund: 'refund_pending',
  'platform:fees': 'fee',
  'platform:delivery': 'delivery',
  'platform:losses': 'losses',
  debt: 'debt',
  reserve: 'reserve',
  payout: 'payout_pending',
};

const sellersSide: ReadonlySet<Holder> = new Set([
  'fee',
  'delivery',
  'debt',
  'reserve',
  'payout_pending',
  'paid_out',
  'losses',
]);

/** What has been released is the seller's to the buyer: what became of it is between the seller and the market. */
export function shownTo(side: OrderSide, holder: Holder): Holder {
  return side === 'buyer' && sellersSide.has(holder) ? 'seller' : holder;
}

/** Amounts by holder, in the order of `holders`, without those that have nothing. */
export function sumByHolder(side: OrderSide, booked: readonly Booked[]): { holder: Holder; amountMinor: number }[] {
  const sums = new Map<Holder, number>();
  for (const one of booked) {
    const place = placeOf(one);
    if (!('holder' in place)) continue;
    const holder = shownTo(side, place.holder);
    sums.set(holder, (sums.get(holder) ?? 0) + one.amountMinor);
  }
  return holders.flatMap((holder) => {
    const amountMinor = sums.get(holder) ?? 0;
    return amountMinor === 0 ? [] : [{ holder, amountMinor }];
  });
}
