import { paymentProvidersPort, type PaymentProvider, type PayoutFact } from '../../src/domain/payments/index.ts';
import { openBank, paid, travel, type Purchase, type Till } from '../payments/bank.ts';
import type { Harness, TestUser } from '../support/harness.ts';

/** An order whose money was released to its seller, in the way that buyer and seller go. */
export async function sold(
  market: Harness,
  till: Till,
  { seller }: { seller?: TestUser } = {},
): Promise<Purchase & { paymentId: string }> {
  const bought = await paid(market, till, seller ? { seller } : {});
  const { orderId, buyer } = bought;
  await market.ok(bought.seller, 'orders.accept', { orderId });
  await market.ok(bought.seller, 'orders.readyForPickup', { orderId });
  const { pickupCode } = await market.ok(buyer, 'orders.get', { orderId });
  await market.ok(bought.seller, 'orders.handOver', { orderId, pickupCode });
  await market.ok(buyer, 'orders.confirmReceived', { orderId });
  await market.runJob('orders.complete');
  return bought;
}

/** A bank that pays out as it is told to, and keeps what it has heard of. */
export interface PayoutDesk {
  /** How the next payouts go; `silent` does the work and gives no answer, `deaf` hears nothing. */
  mode: 'paid' | 'pending' | 'failed' | 'silent' | 'deaf';
  readonly sent: Map<string, PayoutFact>;
  /** Changes what the bank says of a payout. */
  tell(payoutId: string, status: PayoutFact['status']): void;
}

/** Binds a bank for payments, with a desk for payouts, to a harness. */
export function openDesk(market: Harness): { till: Till; desk: PayoutDesk } {
  const till = openBank(market);
  const sent: PayoutDesk['sent'] = new Map();
  const desk: PayoutDesk = {
    mode: 'paid',
    sent,
    tell: (payoutId, status) => void sent.set(payoutId, { ...sent.get(payoutId)!, status }),
  };
  const provider: PaymentProvider = {
    ...till.provider,
    async payout({ payoutId, amountMinor, currency }) {
      if (desk.mode === 'deaf') throw new Error('no connection');
      const status = desk.mode === 'silent' ? 'paid' : desk.mode;
      const known = sent.get(payoutId);
      const fact: PayoutFact = known ?? {
        providerRef: `po_${payoutId}`,
        payoutId,
        status,
        amountMinor,
        currency,
        livemode: false,
        failureReason: status === 'failed' ? 'The account is closed.' : null,
      };
      sent.set(payoutId, fact);
      if (desk.mode === 'silent') throw new Error('no answer');
      return fact;
    },
    async fetchPayout({ payoutId }) {
      if (desk.mode === 'deaf') throw new Error('no connection');
      return sent.get(payoutId) ?? null;
    },
  };
  market.ports.bind(paymentProvidersPort, new Map([[provider.name, provider]]));
  return { till, desk };
}

export async function pollLater(market: Harness): Promise<void> {
  travel(market, 61_000);
  await market.runJob('payouts.poll');
}
