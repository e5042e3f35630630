import { afterAll, beforeAll, expect, test } from 'vitest';
import { escrowSettingsPort } from '../../src/domain/escrow/index.ts';
import { paid, pay, purchase, refundAll, travel, type Till } from '../payments/bank.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { openDesk, sold } from './sold.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  ({ till } = openDesk(market));
});
afterAll(() => market.close());

interface Statement {
  readonly paidMinor: number;
  readonly discountMinor: number;
  readonly holders: { holder: string; amountMinor: number }[];
  readonly transfers: { kind: string }[];
}

async function statement(user: TestUser, orderId: string): Promise<Statement> {
  const told: Statement = await market.ok(user, 'orders.statement', { orderId });
  const sum = told.holders.reduce((total, { amountMinor }) => total + amountMinor, 0);
  expect(sum, 'the sum of what everybody holds').toBe(told.paidMinor + told.discountMinor);
  return told;
}

const held = async (user: TestUser, orderId: string) =>
  (await statement(user, orderId)).holders.map(({ holder, amountMinor }) => [holder, amountMinor]);

test('nobody holds money of an order that was not paid', async () => {
  const bought = await purchase(market);
  await pay(market, bought);
  const told = await market.ok(bought.buyer, 'orders.statement', { orderId: bought.orderId });
  expect(told).toMatchObject({ totalMinor: 2_500, paidMinor: 0, holders: [], releases: [], transfers: [] });
});

test('what was paid is in escrow until the order ends, and both sides see since when and until when', async () => {
  const { buyer, seller, orderId } = await paid(market, till);
  for (const side of [buyer, seller]) expect(await held(side, orderId)).toEqual([['escrow', 2_500]]);
  await market.ok(seller, 'orders.accept', { orderId });
  await market.ok(seller, 'orders.readyForPickup', { orderId });
  const { pickupCode } = await market.ok(buyer, 'orders.get', { orderId });
  const { deadline } = await market.ok(seller, 'orders.handOver', { orderId, pickupCode });
  for (const side of [buyer, seller]) {
    const told = await market.ok(side, 'orders.statement', { orderId });
    expect(told.releases).toEqual([{ what: 'escrow', at: deadline }]);
    expect(told.transfers).toMatchObject([{ kind: 'order.fund', moves: [{ holder: 'escrow', amountMinor: 2_500 }] }]);
  }
});

test('the seller sees where each part of a release went; to the buyer all of it is the seller’s', async () => {
  const settings = market.ports.get(escrowSettingsPort);
  market.ports.bind(escrowSettingsPort, { ...settings, reserveBps: 1_000 });
  const { buyer, seller, orderId } = await sold(market, till);
  market.ports.bind(escrowSettingsPort, settings);
  const taken = [
    ['fee', 125],
    ['reserve', 238],
  ];
  expect(await held(seller, orderId)).toEqual([...taken, ['payout_pending', 2_137]]);
  expect(await held(buyer, orderId)).toEqual([['seller', 2_500]]);
  await market.runJob('payouts.make');
  expect(await held(seller, orderId)).toEqual([...taken, ['paid_out', 2_137]]);
  expect((await market.ok(seller, 'orders.statement', { orderId })).releases).toMatchObject([{ what: 'reserve' }]);
  expect((await market.ok(buyer, 'orders.statement', { orderId })).releases).toEqual([]);
  travel(market, settings.reserveMs + 1_000);
  await market.runJob('payouts.make');
  expect(await held(seller, orderId)).toEqual([
    ['fee', 125],
    ['paid_out', 2_375],
  ]);
  const kinds = (await statement(buyer, orderId)).transfers.map(({ kind }) => kind);
  expect(kinds).toEqual(['order.fund', 'order.release']);
});

test('a refund is on its way, and then with the buyer', async () => {
  const { buyer, seller, orderId } = await paid(market, till);
  await market.ok(seller, 'orders.reject', { orderId });
  await market.runJob('payments.settle');
  for (const side of [buyer, seller]) expect(await held(side, orderId)).toEqual([['refund_pending', 2_500]]);
  await refundAll(market, till);
  for (const side of [buyer, seller]) expect(await held(side, orderId)).toEqual([['refunded', 2_500]]);
});

test('nobody else reads a statement', async () => {
  const { orderId } = await paid(market, till);
  expect(await market.fails(await market.user(), 'orders.statement', { orderId })).toBe('orders.not_found');
});

test('transactions say what was sold, what was taken off it, and where the money is, page by page', async () => {
  const first = await sold(market, till);
  const { seller } = first;
  const second = await sold(market, till, { seller });
  await market.runJob('payouts.make');
  const page = await market.ok(seller, 'transactions.list', { as: 'seller', limit: 1 });
  const next = await market.ok(seller, 'transactions.list', { as: 'seller', limit: 1, cursor: page.nextCursor });
  expect([...page.items, ...next.items].map(({ orderId }) => orderId)).toEqual([second.orderId, first.orderId]);
  expect(next.nextCursor).toBeNull();
  expect(page.items[0]).toMatchObject({
    role: 'seller',
    state: 'released',
    amountMinor: 2_500,
    refundedMinor: 0,
    payments: [{ provider: 'sandbox', providerRef: expect.any(String), amountMinor: 2_500 }],
    sale: {
      feeMinor: 125,
      deliveryMinor: 0,
      debtMinor: 0,
      reserveMinor: 0,
      reserveUntil: null,
      payoutMinor: 2_375,
      payout: { state: 'paid', method: 'wallet' },
    },
  });
  const bought = await market.ok(first.buyer, 'transactions.list', { as: 'buyer' });
  expect(bought.items).toMatchObject([{ orderId: first.orderId, role: 'buyer', amountMinor: 2_500, sale: null }]);
  expect((await market.ok(first.buyer, 'transactions.list', { as: 'seller' })).items).toEqual([]);
});
