import { assert } from '../kernel/errors.ts';
import type { Sql, Tx } from '../kernel/define.ts';
import { newId, type UserId } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';
import { accounts } from './accounts.ts';
import { balanceOf, postTransfer } from './post.ts';

interface Debtor {
  readonly userId: UserId;
  readonly currency: Currency;
}

/** What a person owes the market; not negative. */
export async function owedBy(db: Sql, { userId, currency }: Debtor): Promise<number> {
  return Math.abs(await balanceOf(db, accounts.debt(userId), currency));
}

/**
 * Pays what a person owes out of their wallet, as far as it goes. Called before anything leaves a wallet: else money
 * that a bank has taken back could be spent, come back with the cancelled order, and be withdrawn.
 */
export async function payDebt(tx: Tx, debtor: Debtor): Promise<void> {
  const { userId, currency } = debtor;
  const reference = newId();
  // What a release pays of it, or is spent, at the same time is read again.
  for (let tries = 0; tries < 5; tries += 1) {
    const owedMinor = await owedBy(tx.sql, debtor);
    if (owedMinor === 0) return;
    const amountMinor = Math.min(owedMinor, await balanceOf(tx.sql, accounts.available(userId), currency));
    const postings = [
      { account: accounts.available(userId), amountMinor: -amountMinor },
      { account: accounts.debt(userId), amountMinor },
    ];
    if ((await postTransfer(tx, { kind: 'debt.pay', reference, currency, postings })) !== 'insufficient') return;
  }
  assert(false, `the debt of ${userId} can be paid`);
}
