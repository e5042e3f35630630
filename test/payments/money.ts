import { sql } from 'kysely';
import { accounts, balanceOf, type Account } from '../../src/domain/ledger/index.ts';
import { OrderGroupEntity } from '../../src/domain/orders/entities.ts';
import { lockOrderGroup } from '../../src/domain/orders/index.ts';
import { holdWalletPart } from '../../src/domain/orders/wallet-part.ts';
import type { Currency } from '../../src/domain/kernel/money.ts';
import type { Harness, TestUser } from '../support/harness.ts';
import { transact } from '../support/transact.ts';
import { bankReports, type Purchase, type Till } from './bank.ts';

/** Money in a wallet, by the way it gets there. */
export async function topUp(
  market: Harness,
  till: Till,
  { user, amountMinor, currency = 'USD' }: { user: TestUser; amountMinor: number; currency?: Currency },
): Promise<string> {
  const input = { amountMinor, currency, method: 'sandbox' };
  const { payment } = await market.ok(user, 'wallet.topUp', input);
  await market.runJob('payments.submit');
  await bankReports(market, till);
  return payment.id;
}

/** Makes the buyer's wallet pay a part of a group, as a checkout does. */
export async function payPartly(market: Harness, { groupId }: Purchase, walletMinor: number): Promise<void> {
  await transact(market, async (tx) => {
    const group = await lockOrderGroup(tx, groupId);
    group!.walletMinor = walletMinor;
    if (!(await holdWalletPart(tx, group!))) throw new Error('the wallet does not have that much');
  });
}

/** Has an order's goods brought by a hub, as a checkout does. */
export async function byHub(market: Harness, { groupId }: Purchase): Promise<void> {
  await sql`update sub_order set delivery_method = 'hub' where group_id = ${groupId}`.execute(market.database.sql);
}

export async function held(market: Harness, account: Account, currency: Currency = 'USD'): Promise<number> {
  return balanceOf(market.database.sql, account, currency);
}

/** What a person has, free and held. */
export async function walletOf(market: Harness, { actor: { userId } }: TestUser, currency: Currency = 'USD') {
  return {
    available: await held(market, accounts.available(userId), currency),
    reserved: await held(market, accounts.reserved(userId), currency),
  };
}

export async function groupOf(market: Harness, { groupId }: Purchase) {
  return market.database.fork().findOneOrFail(OrderGroupEntity, { id: groupId as never });
}

/** Accounts whose rows do not add up to their postings, and transfers that do not sum to zero. None, ever. */
export async function imbalances(market: Harness): Promise<unknown[]> {
  const { rows } = await sql`
    select a.code from ledger_account a
    where a.balance_minor <> (select coalesce(sum(p.amount_minor), 0) from ledger_posting p where p.account_id = a.id)
    union all
    select transfer_id::text from ledger_posting group by transfer_id, currency having sum(amount_minor) <> 0
    union all
    select currency from ledger_account group by currency having sum(balance_minor) <> 0`.execute(market.database.sql);
  return rows;
}
