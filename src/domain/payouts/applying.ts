import type { Tx } from '../kernel/define.ts';
import { lockFact, paymentProvidersPort, settleFact, type PayoutFact, type Refusal } from '../payments/index.ts';
import { PayoutEntity, type Payout } from './entities.ts';
import { lockPayout } from './rows.ts';
import { settlePayout } from './settling.ts';

/**
 * Applies one stored message about a payout, once: believes it only if provider, reference, amount, currency and mode
 * fit. Returns why it was refused, or null.
 */
export async function applyFact(tx: Tx, eventId: string): Promise<Refusal | null> {
  const stored = await lockFact(tx, 'payout', eventId);
  if (!stored) return null;
  const { provider, fact } = stored;
  const payout = isId(fact.payoutId) ? await lockPayout(tx, fact.payoutId) : null;
  const reason = payout ? await whyRefused(tx, { payout, provider, fact }) : 'unknown_payout';
  if (!payout || reason) {
    await settleFact(tx, eventId, { outcome: 'refused', reason: reason ?? 'unknown_payout' });
    return { provider, eventId, reason: reason ?? 'unknown_payout' };
  }
  const status = fact.status === 'cancelled' ? 'failed' : fact.status;
  const isNews = await settlePayout(tx, payout, { status, ref: fact.providerRef, reason: fact.failureReason });
  await settleFact(tx, eventId, { outcome: isNews ? 'applied' : 'ignored' });
  return null;
}

/** Our id as a provider repeats it is outside text. */
function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

async function whyRefused(
  tx: Tx,
  { payout, provider, fact }: { payout: Payout; provider: string; fact: PayoutFact },
): Promise<string | null> {
  const { providerRef } = fact;
  if (provider !== payout.provider) return 'other_provider';
  if (payout.providerRef !== null && payout.providerRef !== providerRef) return 'ref_mismatch';
  const owner = await tx.db.findOne(PayoutEntity, { provider, providerRef });
  if (owner && owner.id !== payout.id) return 'ref_mismatch';
  if (fact.livemode !== tx.port(paymentProvidersPort).get(provider)?.livemode) return 'livemode_mismatch';
  if (fact.currency !== payout.currency) return 'currency_mismatch';
  // The money is in the wallet already: whether it went out as well is for people to find out.
  if (fact.status === 'paid' && payout.state === 'failed') return 'paid_after_failure';
  return fact.amountMinor === payout.amountMinor ? null : 'amount_mismatch';
}
