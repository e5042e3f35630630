import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { escrowSettingsPort } from '../../src/domain/escrow/index.ts';
import { checkBooks } from '../../src/domain/payouts/index.ts';
import { pickup } from '../orders/stall.ts';
import { bankReports, createMarket, refundAll, travel, type Till } from '../payments/bank.ts';
import { promoOf } from '../promos/promo.ts';
import type { Harness, TestUser } from '../support/harness.ts';
import { createListing } from '../support/listings.ts';
import { fill } from './purse.ts';

// The example of docs/MONEY.md: every number there is one here.

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
  const settings = market.ports.get(escrowSettingsPort);
  market.ports.bind(escrowSettingsPort, { ...settings, feeBps: 500, reserveBps: 1_000 });
});
afterAll(() => market.close());

/** What every account holds that holds anything, by its code with names instead of ids. */
async function balances(names: ReadonlyMap<string, string>): Promise<Record<string, number>> {
  const { rows } = await sql<{ code: string; balance: string }>`
    select code, sum(balance_minor)::text as balance from ledger_account
    group by code having sum(balance_minor) <> 0 order by code`.execute(market.database.sql);
  return Object.fromEntries(
    rows.map(({ code, balance }) => [
      code
        .split(':')
        .map((part) => names.get(part) ?? part)
        .join(':'),
      Number(balance),
    ]),
  );
}

async function handOver(buyer: TestUser, seller: TestUser, orderId: string): Promise<void> {
  await market.ok(seller, 'orders.readyForPickup', { orderId });
  const { pickupCode } = await market.ok(buyer, 'orders.get', { orderId });
  await market.ok(seller, 'orders.handOver', { orderId, pickupCode });
  await market.ok(buyer, 'orders.confirmReceived', { orderId });
  await market.runJob('orders.complete');
  await market.runJob('payouts.make');
}

test('the worked example of docs/MONEY.md has the balances that it says', async () => {
  const buyer = await market.user();
  const sellers = [await market.user(), await market.user(), await market.user()] as const;
  await fill(market, buyer, { amountMinor: 1_500 });
  for (const [index, priceMinor] of [1_000, 2_000, 3_333].entries()) {
    const { id: listingId } = await createListing(market, sellers[index]!, {
      priceMinor,
      currency: 'USD',
      quantity: 3,
    });
    await market.ok(buyer, 'cart.setItem', { listingId, quantity: 1 });
  }
  const { code } = await promoOf(market, { discount: { kind: 'amount', amountMinor: 633 }, currency: 'USD' });
  const group = await market.ok(buyer, 'cart.checkout', { ...pickup, walletMinor: 1_500, promo: code });
  const orderOf = (seller: TestUser): { id: string; totalMinor: number; discountMinor: number } =>
    group.orders.find((order: any) => order.seller.id === seller.id);
  const [a, b, c] = [orderOf(sellers[0]), orderOf(sellers[1]), orderOf(sellers[2])];
  expect([a, b, c].map(({ totalMinor, discountMinor }) => [totalMinor, discountMinor])).toEqual([
    [900, 100],
    [1_800, 200],
    [3_000, 333],
  ]);
  const people = { buyer, A: sellers[0], B: sellers[1], C: sellers[2] };
  const names = new Map([
    ...Object.entries(people).map(([name, { id }]) => [id, name] as const),
    ...Object.entries({ A: a, B: b, C: c }).map(([name, { id }]) => [id, name] as const),
  ]);
  expect(await balances(names)).toEqual({ 'user:buyer:reserved': 1_500, promo: -1_500 });

  await market.ok(buyer, 'payments.start', { orderGroupId: group.id, method: 'sandbox' });
  await market.runJob('payments.submit');
  await bankReports(market, till);
  const bank = 'provider:sandbox:clearing';
  const paid = { [bank]: -4_200, promo: -2_133 };
  expect(await balances(names)).toEqual({ ...paid, 'escrow:A': 1_000, 'escrow:B': 2_000, 'escrow:C': 3_333 });

  for (const [seller, order] of [
    [people.A, a],
    [people.B, b],
  ] as const)
    await market.ok(seller, 'orders.accept', { orderId: order.id });
  await handOver(buyer, people.A, a.id);
  const afterA = { 'platform:fees': 50, 'reserve:A': 95, 'user:A:available': 855 };
  expect(await balances(names)).toEqual({ ...paid, ...afterA, 'escrow:B': 2_000, 'escrow:C': 3_333 });

  const asked = await market.ok(buyer, 'refunds.request', { orderId: b.id, amountMinor: 500, reason: 'A scratch.' });
  await market.ok(people.B, 'refunds.approve', { refundRequestId: asked.id });
  await refundAll(market, till);
  const refunded = { [bank]: -3_700, promo: -2_078 };
  expect(await balances(names)).toEqual({ ...refunded, ...afterA, 'escrow:B': 1_445, 'escrow:C': 3_333 });

  await handOver(buyer, people.B, b.id);
  const afterB = { ...afterA, 'platform:fees': 122, 'reserve:B': 137, 'user:B:available': 1_236 };
  expect(await balances(names)).toEqual({ ...refunded, ...afterB, 'escrow:C': 3_333 });

  await market.ok(people.C, 'orders.reject', { orderId: c.id });
  await refundAll(market, till);
  const atLast = { [bank]: -1_489, promo: -1_745, 'user:buyer:available': 789 };
  expect(await balances(names)).toEqual({ ...atLast, ...afterB });

  travel(market, 31 * 86_400_000);
  await market.runJob('payouts.make');
  const earned = { 'platform:fees': 122, 'user:A:available': 950, 'user:B:available': 1_373 };
  expect(await balances(names)).toEqual({ ...atLast, ...earned });
  expect((await checkBooks(market.database.sql)).filter(({ wrong }) => wrong > 0)).toEqual([]);
});
