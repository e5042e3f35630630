import { transact } from '../support/transact.ts';
import type { Harness, TestUser } from '../support/harness.ts';
import { accounts } from '../../src/domain/ledger/index.ts';
import { storeAnswer, type ChargebackFact } from '../../src/domain/payments/index.ts';
import { balance, currency, type Bought } from './court.ts';

/** A message about a chargeback of an attempt, as the provider stores it. */
export function chargebackFact(attemptId: string, fields: Partial<ChargebackFact> = {}): ChargebackFact {
  return {
    providerRef: `dp_${attemptId}`,
    chargeRef: null,
    attemptId,
    status: 'needs_response',
    amountMinor: 2_500,
    currency,
    livemode: false,
    reason: 'fraudulent',
    fundsWithdrawn: true,
    evidenceDueAt: null,
    ...fields,
  };
}

/** Stores messages as they come; each is a message of its own, even if it says the same. */
export async function hear(market: Harness, ...facts: readonly ChargebackFact[]): Promise<void> {
  for (const fact of facts) {
    const about = { provider: 'sandbox', id: crypto.randomUUID(), subject: 'chargeback' } as const;
    await transact(market, (tx) => storeAnswer(tx, about, fact));
  }
}

/** Stores messages and works them off. */
export async function tell(market: Harness, ...facts: readonly ChargebackFact[]): Promise<void> {
  for (const fact of facts) {
    await hear(market, fact);
    await market.runJob('chargebacks.process');
  }
}

export const lost = { status: 'lost' } as const;
export const won = { status: 'won', fundsWithdrawn: false } as const;

/** The latest chargeback as the seller of an order sees it. */
export async function theirs(market: Harness, { seller }: Pick<Bought, 'seller'>) {
  const { items } = await market.ok(seller, 'chargebacks.list');
  return items[0];
}

export const walletOf = (market: Harness, user: TestUser) => balance(market, accounts.available(user.actor.userId));
export const debtOf = (market: Harness, { seller }: Bought) => balance(market, accounts.debt(seller.actor.userId));
