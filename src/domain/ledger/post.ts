import { sql } from 'kysely';
import type { Sql, Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { amountMinorMax, type Currency } from '../kernel/money.ts';
import { accounts, type Account } from './accounts.ts';
import { entriesOf } from './entries.ts';
import { unknownOf } from './known.ts';
import { tellWallets, type WalletOwner } from './wallets.ts';

/** What happened, as docs/MONEY.md lists it. With the reference it makes a transfer happen once. */
export const transferKinds = [
  'payment.capture',
  'wallet.hold',
  'wallet.void',
  'wallet.top_up',
  'wallet.withdraw',
  'order.fund',
  'order.fund_cash',
  'order.release',
  'cash.remit',
  'refund.reserve',
  'refund.pay',
  'refund.credit',
  'refund.reverse',
  'promo.return',
  'promo.credit',
  'reserve.release',
  'payout.pay',
  'payout.fail',
  'chargeback.take',
  'chargeback.return',
  'debt.pay',
  'take.earn',
  'take.refund',
] as const;
export type TransferKind = (typeof transferKinds)[number];

export interface Posting {
  readonly account: Account;
  /** Positive: the market owes the account's holder more. Zero is left out. */
  readonly amountMinor: number;
}

export interface Transfer {
  readonly kind: TransferKind;
  /** Unique for its kind. */
  readonly reference: string;
  readonly currency: Currency;
  /** The order it is about, for its statement. */
  readonly orderId?: string;
  /** Sum to zero. */
  readonly postings: readonly Posting[];
}

/**
 * Posts transfers, all of them or none, once each: `known` when the journal had them all. `insufficient`, and nothing
 * written, when an account would leave its bound. Locks the accounts in the order of their codes until the end of the
 * transaction, so call it after locking rows. Tells people whose wallets changed.
 *
 * Throws when a transfer does not sum to zero, or is in the journal with other postings.
 */
export async function postTransfers(
  tx: Tx,
  transfers: readonly Transfer[],
): Promise<'posted' | 'known' | 'insufficient'> {
  const kept = transfers.map(withoutZeros).filter(({ postings }) => postings.length > 0);
  if (kept.length === 0) return 'known';
  await tx.db.flush();
  const outcome = await write(tx, kept);
  if (outcome === 'insufficient') return outcome;
  if (outcome === 'posted') {
    await tellWallets(tx, ownersOf(kept));
    return outcome;
  }
  const fresh = await unknownOf(tx, kept);
  return fresh.length > 0 ? postTransfers(tx, fresh) : 'known';
}

/** Posts one transfer. */
export async function postTransfer(tx: Tx, transfer: Transfer): Promise<'posted' | 'known' | 'insufficient'> {
  return postTransfers(tx, [transfer]);
}

/** The same for transfers whose accounts must have the money: anything else is a broken invariant. */
export async function mustPost(tx: Tx, ...transfers: readonly Transfer[]): Promise<void> {
  const outcome = await postTransfers(tx, transfers);
  const names = transfers.map(({ kind, reference }) => `${kind} ${reference}`).join(', ');
  assert(outcome !== 'insufficient', `the accounts of ${names} cover it`);
}

function withoutZeros(transfer: Transfer): Transfer {
  const { kind, reference } = transfer;
  const postings = transfer.postings.filter(({ amountMinor }) => amountMinor !== 0);
  let sum = 0;
  for (const { amountMinor } of postings) {
    assert(Math.abs(amountMinor) <= amountMinorMax * 1_000, `${kind} ${reference} posts ${amountMinor}`);
    sum += amountMinor;
  }
  assert(sum === 0, `${kind} ${reference} sums to ${sum}`);
  return { ...transfer, postings };
}

async function write(tx: Tx, transfers: readonly Transfer[]): Promise<string> {
  const at = (await tx.now()).toISOString();
  const input = JSON.stringify({
    transfers: transfers.map(({ kind, reference, orderId = null }) => ({ kind, reference, orderId })),
    ...entriesOf(transfers),
  });
  const { rows } = await sql<{ outcome: string }>`
    select ledger_post(${input}::text::jsonb, ${at}::timestamptz) as outcome`.execute(tx.sql);
  const outcome = rows[0]?.outcome;
  assert(outcome, 'posting has an outcome');
  return outcome;
}

/** One entry for each wallet, of the last kind of transfer that changed it, with the sum over that kind. */
function ownersOf(transfers: readonly Transfer[]): WalletOwner[] {
  const owners = new Map<string, WalletOwner>();
  for (const { kind, currency, postings } of transfers) {
    for (const { account, amountMinor } of postings) {
      const { userId, code } = account;
      if (!userId) continue;
      const known = owners.get(`${userId} ${currency}`);
      const before = known?.kind === kind ? known.amountMinor : 0;
      const changed = code === accounts.available(userId).code ? amountMinor : 0;
      owners.set(`${userId} ${currency}`, { userId, currency, kind, amountMinor: before + changed });
    }
  }
  return [...owners.values()];
}

/** What an account holds, over all its rows; 0 when it has never been posted to. */
export async function balanceOf(db: Sql, account: Pick<Account, 'code'>, currency: Currency): Promise<number> {
  const { rows } = await sql<{ balance: string }>`
    select coalesce(sum(balance_minor), 0)::text as balance from ledger_account
    where code = ${account.code} and currency = ${currency}`.execute(db);
  return Number(rows[0]?.balance ?? 0);
}
