import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { accounts, mustPost } from '../ledger/index.ts';
import type { Payout } from './entities.ts';
import { tellPayee } from './events.ts';
import { movePayout } from './rows.ts';
import { pollDelaysMs, watchPaidDays, watchPaidMs } from './settings.ts';

/** How a provider says that a payout stands. */
export interface PayoutOutcome {
  readonly status: 'pending' | 'paid' | 'failed';
  readonly ref: string;
  readonly reason: string | null;
}

/** Brings a locked payout to what its provider says. False when that is nothing new. */
export async function settlePayout(tx: Tx, payout: Payout, { status, ref, reason }: PayoutOutcome): Promise<boolean> {
  payout.providerRef ??= ref;
  payout.submitAt = null;
  if (status === 'paid' && payout.state === 'processing') return pay(tx, payout);
  if (status === 'failed' && (payout.state === 'processing' || payout.state === 'paid'))
    return fail(tx, payout, reason);
  return false;
}

async function pay(tx: Tx, payout: Payout): Promise<true> {
  await movePayout(tx, payout, { name: 'pay', by: 'provider' });
  const now = await tx.now();
  Object.assign(payout, { paidAt: now, pollTries: 0, pollAt: new Date(now.getTime() + watchPaidMs) });
  const { id, orderId, userId, provider, currency, amountMinor } = payout;
  assert(provider, `payout ${id} was sent`);
  const postings = [
    { account: accounts.payout(userId), amountMinor: -amountMinor },
    { account: accounts.clearing(provider), amountMinor },
  ];
  tellPayee(tx, payout);
  await mustPost(tx, { kind: 'payout.pay', reference: id, ...(orderId && { orderId }), currency, postings });
  return true;
}

async function fail(tx: Tx, payout: Payout, reason: string | null): Promise<true> {
  const wasPaid = payout.state === 'paid';
  await movePayout(tx, payout, { name: 'fail', by: 'provider' });
  Object.assign(payout, { failureReason: reason, pollAt: null });
  tellPayee(tx, payout);
  await returnToWallet(tx, payout, { wasPaid });
  return true;
}

/** Money that did not reach its destination is the person's, in their wallet. */
export async function returnToWallet(tx: Tx, payout: Payout, { wasPaid }: { wasPaid: boolean }): Promise<void> {
  const { id, orderId, userId, provider, currency, amountMinor } = payout;
  const from = wasPaid && provider ? accounts.clearing(provider) : accounts.payout(userId);
  const postings = [
    { account: from, amountMinor: -amountMinor },
    { account: accounts.available(userId), amountMinor },
  ];
  await mustPost(tx, { kind: 'payout.fail', reference: id, ...(orderId && { orderId }), currency, postings });
}

/** When to ask next: what has no outcome for as long as it has none, what was paid for some days. */
export function nextPoll({ state, pollTries }: Payout, now: Date): Date | null {
  if (state === 'paid') return pollTries >= watchPaidDays ? null : new Date(now.getTime() + watchPaidMs);
  if (state !== 'processing') return null;
  return new Date(now.getTime() + (pollDelaysMs[pollTries] ?? pollDelaysMs.at(-1)!));
}
