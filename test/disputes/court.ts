import { sql } from 'kysely';
import { expect } from 'vitest';
import { accounts, balanceOf } from '../../src/domain/ledger/index.ts';
import { checkBooks } from '../../src/domain/payouts/index.ts';
import { paid, travel, type Purchase, type Till } from '../payments/bank.ts';
import type { Harness, TestUser } from '../support/harness.ts';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
export const currency = 'USD';

export type Bought = Purchase & { readonly paymentId: string };

/** A paid order that the buyer has fetched. */
export async function delivered(market: Harness, till: Till, fields: { seller?: TestUser } = {}): Promise<Bought> {
  const bought = await paid(market, till, fields);
  await handOver(market, bought);
  return bought;
}

/** The seller hands a paid order over to its buyer. */
export async function handOver(market: Harness, { seller, buyer, orderId }: Bought): Promise<void> {
  await market.ok(seller, 'orders.accept', { orderId });
  await market.ok(seller, 'orders.readyForPickup', { orderId });
  const { pickupCode } = await market.ok(buyer, 'orders.get', { orderId });
  await market.ok(seller, 'orders.handOver', { orderId, pickupCode });
}

/** A delivered order of which the buyer asks for money back; all of it by default. */
export async function asked(market: Harness, till: Till, wish: Record<string, unknown> = {}) {
  const bought = await delivered(market, till);
  const input = { orderId: bought.orderId, reason: 'It does not light up', ...wish };
  const { id: refundRequestId } = await market.ok(bought.buyer, 'refunds.request', input);
  return { ...bought, refundRequestId: refundRequestId as string };
}

/** A delivered order that its buyer disputes. */
export async function disputed(market: Harness, till: Till) {
  const bought = await delivered(market, till);
  const input = { orderId: bought.orderId, reason: 'damaged', text: 'The shade is torn' };
  const { id: disputeId } = await market.ok(bought.buyer, 'disputes.open', input);
  return { ...bought, disputeId: disputeId as string };
}

/** The same, after the seller's answer. */
export async function answered(market: Harness, till: Till) {
  const found = await disputed(market, till);
  await market.ok(found.seller, 'disputes.respond', { disputeId: found.disputeId, text: 'It was whole' });
  return found;
}

/** The same, claimed by a moderator. */
export async function claimed(market: Harness, till: Till) {
  const found = await answered(market, till);
  const moderator = await market.user({ roles: ['moderator'] });
  await market.ok(moderator, 'disputes.claim', { disputeId: found.disputeId });
  return { ...found, moderator };
}

export async function stateOf(market: Harness, { buyer, orderId }: Bought): Promise<string> {
  return (await market.ok(buyer, 'orders.get', { orderId })).state;
}

export async function escrowOf(market: Harness, orderId: string) {
  const { rows } = await sql<{ state: string; funded: number; returned: number; released: number }>`
    select state, funded_minor::int as funded, returned_minor::int as returned, released_minor::int as released
    from escrow where order_id = ${orderId}`.execute(market.database.sql);
  return rows[0]!;
}

/** What the refunds of an order add up to, wherever they are on their way. */
export async function sentBack(market: Harness, orderId: string): Promise<number> {
  const { rows } = await sql<{ total: number }>`
    select coalesce(-sum(p.amount_minor), 0)::int as total
    from ledger_transfer t join ledger_posting p on p.transfer_id = t.id
    join ledger_account a on a.id = p.account_id
    where t.kind = 'refund.reserve' and a.code = ${`escrow:${orderId}`}`.execute(market.database.sql);
  return rows[0]!.total;
}

export const balance = (market: Harness, account: Parameters<typeof balanceOf>[1]) =>
  balanceOf(market.database.sql, account, currency);
export const payoutOf = (market: Harness, { seller }: Bought) => balance(market, accounts.payout(seller.actor.userId));

/** The days pass that a seller has to answer, and the sweeps run. */
export async function letAnswerTimePass(market: Harness): Promise<void> {
  travel(market, 72 * hourMs + 1);
  await market.runJob('refunds.escalate');
  await market.runJob('disputes.lapse');
}

/** The books: every balance is the sum of its journal, all sum to zero, and each escrow has what its row says. */
export async function expectBooksToBalance(market: Harness): Promise<void> {
  const { sql: db } = market.database;
  const { rows: drifted } = await sql`
    select a.code, a.balance_minor from ledger_account a
    where a.balance_minor <> (select coalesce(sum(p.amount_minor), 0) from ledger_posting p where p.account_id = a.id)
  `.execute(db);
  expect(drifted).toEqual([]);
  const { rows: unbalanced } = await sql`
    select currency, sum(balance_minor)::text from ledger_account group by currency having sum(balance_minor) <> 0
  `.execute(db);
  expect(unbalanced).toEqual([]);
  const { rows: wrong } = await sql`
    select e.order_id, e.state, e.funded_minor, e.returned_minor, e.released_minor, a.balance_minor from escrow e
    left join ledger_account a on a.code = 'escrow:' || e.order_id::text
    where coalesce(a.balance_minor, 0) <> e.funded_minor - e.returned_minor - e.released_minor`.execute(db);
  expect(wrong).toEqual([]);
  // The market's own check of its books, over every account.
  expect((await checkBooks(db)).filter(({ wrong: found }) => found > 0)).toEqual([]);
  const { rows: parts } = await sql`
    select e.order_id from escrow e join escrow_part p on p.order_id = e.order_id
    group by e.order_id, e.funded_minor, e.returned_minor
    having sum(p.amount_minor) <> e.funded_minor or sum(p.returned_minor) <> e.returned_minor`.execute(db);
  expect(parts).toEqual([]);
}
