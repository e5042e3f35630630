import type { Tx } from '../kernel/define.ts';
import { accounts, mustPost, type Transfer } from '../ledger/index.ts';
import { ProviderEventEntity, type Payment } from './entities.ts';
import { ProviderFact } from './facts.ts';
import { sum } from './sums.ts';

/** Amounts by the provider's ids of the captures. */
export type Captures = ReadonlyMap<string, number>;

export const totalOf = (captures: Captures) => sum([...captures.values()]);

/** The distinct captures of all believed events, and of one more fact; null when that contradicts them. */
export async function capturesOf(tx: Tx, payment: Payment, fact: ProviderFact | null): Promise<Captures | null> {
  const events = await tx.db.find(ProviderEventEntity, {
    paymentId: payment.id,
    subject: 'charge',
    outcome: { $in: ['applied', 'ignored'] },
  });
  const captures = new Map<string, number>();
  for (const told of [...events.map((event) => ProviderFact.parse(event.fact)), ...(fact ? [fact] : [])]) {
    for (const { ref, amountMinor } of told.captures) {
      if ((captures.get(ref) ?? amountMinor) !== amountMinor) return null;
      captures.set(ref, amountMinor);
    }
  }
  return captures;
}

/** Books what a provider has captured, each capture once: those that the journal has are passed over. */
export async function bookCaptures(tx: Tx, { id, provider, currency }: Payment, captures: Captures): Promise<void> {
  const transfers = [...captures].map(([ref, amountMinor]): Transfer => ({
    kind: 'payment.capture',
    reference: `${id}:${ref}`,
    currency,
    postings: [
      { account: accounts.clearing(provider), amountMinor: -amountMinor },
      { account: accounts.payment(id), amountMinor },
    ],
  }));
  await mustPost(tx, ...transfers);
}
