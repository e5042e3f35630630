import type { Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';
import { accounts } from './accounts.ts';
import { openHold, spendHold, voidHold, type HoldKey } from './holds.ts';
import { mustPost } from './post.ts';

// What an executor pays to take a request is held until the client has answered: then it is earned, or given back.

const holdOf = (takeId: string): HoldKey => ({ purpose: 'take', purposeId: takeId });

/** Holds the fee of a take, once. `known` when it was charged before, whatever became of it. */
export async function chargeTakeFee(
  tx: Tx,
  fee: { takeId: string; executorId: UserId; amountMinor: number; currency: Currency },
): Promise<'charged' | 'known' | 'insufficient'> {
  const { takeId, executorId: userId, amountMinor, currency } = fee;
  const outcome = await openHold(tx, { ...holdOf(takeId), userId, amountMinor, currency });
  return outcome === 'held' ? 'charged' : outcome;
}

/** Gives the fee to the market, once. False when it was earned or given back before, or never charged. */
export async function earnTakeFee(tx: Tx, takeId: string): Promise<boolean> {
  const hold = await spendHold(tx, holdOf(takeId));
  if (!hold) return false;
  const { userId, amountMinor, currency } = hold;
  const postings = [
    { account: accounts.reserved(userId), amountMinor: -amountMinor },
    { account: accounts.fees, amountMinor },
  ];
  await mustPost(tx, { kind: 'take.earn', reference: takeId, currency, postings });
  return true;
}

/** Gives the fee back to the executor, once. False when it was earned or given back before, or never charged. */
export async function refundTakeFee(tx: Tx, takeId: string): Promise<boolean> {
  return voidHold(tx, holdOf(takeId), 'take.refund');
}
