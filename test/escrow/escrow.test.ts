import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  escrowSettingsPort,
  freezeEscrow,
  fundCash,
  fundEscrow,
  lockEscrow,
  markRemitted,
  releaseEscrow,
  takeForRefund,
  thawEscrow,
  type Funding,
} from '../../src/domain/escrow/index.ts';
import { newId } from '../../src/domain/kernel/index.ts';
import type { Tx } from '../../src/domain/kernel/index.ts';
import { accounts, balanceOf, mustPost, openHold, spendHold } from '../../src/domain/ledger/index.ts';
import { purchase, createMarket } from '../payments/bank.ts';
import type { Harness, TestUser } from '../support/harness.ts';
import { transact } from '../support/transact.ts';

let market: Harness;
beforeAll(async () => {
  ({ market } = await createMarket());
});
afterAll(() => market.close());

const currency = 'USD';

interface Funded {
  readonly orderId: string;
  readonly attemptId: string;
  readonly buyer: TestUser;
  readonly seller: TestUser;
  readonly hubId: string;
}

/** An order whose escrow is funded as told, with the money where it comes from. */
async function funded(
  { paid = 0, walletMinor = 0, ...rest }: Omit<Funding, 'payment'> & { paid?: number },
  deliveryMinor = 0,
): Promise<Funded> {
  const { orderId, buyer, seller } = await purchase(market);
  const attemptId = newId();
  const [buyerId, sellerId] = [buyer.actor.userId, seller.actor.userId];
  await transact(market, async (tx) => {
    await put(tx, accounts.payment(attemptId), paid);
    await put(tx, accounts.available(buyerId), walletMinor);
    if (walletMinor > 0) {
      const key = { purpose: 'test', purposeId: orderId };
      await openHold(tx, { ...key, userId: buyerId, currency, amountMinor: walletMinor });
      await spendHold(tx, key);
    }
    const payment = paid > 0 ? { attemptId, amountMinor: paid } : null;
    await fundEscrow(tx, { orderId, buyerId, sellerId, currency, deliveryMinor }, { payment, walletMinor, ...rest });
  });
  return { orderId, attemptId, buyer, seller, hubId: newId() };
}

async function put(tx: Tx, account: ReturnType<typeof accounts.payment>, amountMinor: number): Promise<void> {
  const postings = [
    { account: accounts.losses, amountMinor: -amountMinor },
    { account, amountMinor },
  ];
  await mustPost(tx, { kind: 'promo.credit', reference: newId(), currency, postings });
}

const balance = (account: { code: string }) => balanceOf(market.database.sql, account, currency);
const inEscrow = ({ orderId }: Funded) => balance(accounts.escrow(orderId));
const release = ({ orderId }: Funded) => transact(market, (tx) => releaseEscrow(tx, orderId));
const refund = ({ orderId }: Funded, amountMinor?: number) =>
  transact(market, (tx) => takeForRefund(tx, { orderId, ...(amountMinor && { amountMinor }) }));
const stateOf = ({ orderId }: Funded) => transact(market, async (tx) => (await lockEscrow(tx, orderId))?.state);

test('releasing divides the money into fee, delivery and the seller’s part', async () => {
  const order = await funded({ paid: 10_700 }, 700);
  expect(await release(order)).toEqual({
    feeMinor: 500,
    deliveryMinor: 700,
    debtMinor: 0,
    reserveMinor: 0,
    payoutMinor: 9_500,
  });
  expect(await inEscrow(order)).toBe(0);
  expect(await balance(accounts.payout(order.seller.actor.userId))).toBe(9_500);
  expect(await stateOf(order)).toBe('released');
});

test('a part is kept back as reserve, and what the seller owes is taken first', async () => {
  const order = await funded({ paid: 10_000 });
  const sellerId = order.seller.actor.userId;
  await transact(market, (tx) => put(tx, accounts.debt(sellerId), -2_000));
  const usual = market.ports.get(escrowSettingsPort);
  market.ports.bind(escrowSettingsPort, { ...usual, reserveBps: 1_000 });
  const released = await release(order).finally(() => market.ports.bind(escrowSettingsPort, usual));
  expect(released).toMatchObject({ feeMinor: 500, debtMinor: 2_000, reserveMinor: 750, payoutMinor: 6_750 });
  expect(await balance(accounts.debt(sellerId))).toBe(0);
});

test('it is released once, however often at once, and never after it was refunded', async () => {
  const order = await funded({ paid: 1_000 });
  const released = await Promise.all([1, 2, 3, 4].map(() => release(order)));
  expect(released.filter((outcome) => outcome !== 'over')).toHaveLength(1);
  expect(await refund(order)).toBeNull();
  const refunded = await funded({ paid: 1_000 });
  expect(await refund(refunded)).toMatchObject([{ amountMinor: 1_000, source: 'payment' }]);
  expect(await release(refunded)).toBe('over');
});

test('release and refund at once: one of them has the money', async () => {
  const order = await funded({ paid: 1_000 });
  const [released, refunded] = await Promise.all([release(order), refund(order)]);
  expect([released !== 'over', refunded !== null].filter(Boolean)).toHaveLength(1);
  expect(await inEscrow(order)).toBe(0);
});

test('partial refunds at once never add up to more than was paid', async () => {
  const order = await funded({ paid: 1_000 });
  const refunds = await Promise.all([400, 400, 400].map((amount) => refund(order, amount)));
  expect(refunds.filter((one) => one !== null)).toHaveLength(2);
  expect(await inEscrow(order)).toBe(200);
  expect(await refund(order, 201)).toBeNull();
});

test('money goes back the way it came, the discount to the market', async () => {
  const order = await funded({ paid: 600, walletMinor: 300, promoMinor: 100 });
  const promo = await balance(accounts.promo);
  expect(await refund(order, 450)).toMatchObject([{ source: 'payment', sourceId: order.attemptId, amountMinor: 450 }]);
  expect((await balance(accounts.promo)) - promo).toBe(50);
  const parts = await refund(order);
  expect(parts).toMatchObject([
    { source: 'payment', amountMinor: 150 },
    { source: 'wallet', amountMinor: 300 },
  ]);
  expect((await balance(accounts.promo)) - promo).toBe(100);
  expect([await inEscrow(order), await stateOf(order)]).toEqual([0, 'refunded']);
});

test('after a partial refund the fee is of what the seller keeps', async () => {
  const order = await funded({ paid: 10_000 });
  await refund(order, 4_000);
  expect(await release(order)).toMatchObject({ feeMinor: 300, payoutMinor: 5_700 });
  expect(await stateOf(order)).toBe('split');
});

test('frozen money is not released until it is thawed', async () => {
  const order = await funded({ paid: 1_000 });
  expect(await transact(market, (tx) => freezeEscrow(tx, order.orderId))).toBe(true);
  expect(await release(order)).toBe('frozen');
  await transact(market, (tx) => thawEscrow(tx, order.orderId));
  expect(await release(order)).toMatchObject({ payoutMinor: 950 });
  expect(await transact(market, (tx) => freezeEscrow(tx, order.orderId))).toBe(false);
});

test('cash is booked once, and released only when it has come in from the hub', async () => {
  const order = await funded({ cashMinor: 800, walletMinor: 200 });
  const collect = (amountMinor = 800) =>
    transact(market, (tx) => fundCash(tx, { orderId: order.orderId, hubId: order.hubId, amountMinor }));
  expect(await release(order)).toBe('waiting');
  expect(await collect(799)).toBe('wrong_amount');
  const outcomes = await Promise.all([collect(), collect(), collect()]);
  expect(outcomes.toSorted()).toEqual(['collected', 'known', 'known']);
  expect(await balance(accounts.cashAtHub(order.hubId))).toBe(-800);
  expect(await release(order)).toBe('waiting');
  expect(await stateOf(order)).toBe('release_pending');
  await transact(market, (tx) => markRemitted(tx, order.orderId));
  expect(await release(order)).toMatchObject({ feeMinor: 50, payoutMinor: 950 });
});

test('an order cancelled before its cash was collected takes no cash', async () => {
  const order = await funded({ cashMinor: 800, walletMinor: 200 });
  expect(await refund(order)).toMatchObject([{ source: 'wallet', amountMinor: 200 }]);
  expect(
    await transact(market, (tx) => fundCash(tx, { orderId: order.orderId, hubId: order.hubId, amountMinor: 800 })),
  ).toBe('not_due');
  expect(await inEscrow(order)).toBe(0);
});

test('whatever is refunded and released of any mixture, nothing is left and nothing is made', async () => {
  const amount = fc.integer({ min: 0, max: 100_000 });
  const mixtures = fc.record({
    paid: fc.integer({ min: 1, max: 100_000 }),
    walletMinor: amount,
    promoMinor: amount,
    refunds: fc.array(fc.integer({ min: 1, max: 60_000 }), { maxLength: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(mixtures, async ({ paid, walletMinor, promoMinor, refunds }) => {
      const order = await funded({ paid, walletMinor, promoMinor });
      let back = 0;
      for (const amountMinor of refunds) {
        const parts = await refund(order, amountMinor);
        expect(parts !== null).toBe(back + amountMinor <= paid + walletMinor);
        back += parts?.reduce((total, part) => total + part.amountMinor, 0) ?? 0;
      }
      const released = await release(order);
      expect(released === 'over').toBe(back === paid + walletMinor);
      expect(await inEscrow(order)).toBe(0);
    }),
    { numRuns: 25 },
  );
  const { rows } = await sql`
    select e.order_id from escrow e where e.returned_minor + e.released_minor > e.funded_minor`.execute(
    market.database.sql,
  );
  expect(rows).toEqual([]);
});

test('while cash is still due, a partial refund returns the discount in proportion to all that is paid', async () => {
  // 20.00 from the wallet, 50.00 in cash to come, 30.00 off at the market's expense: a seventh goes back.
  const order = await funded({ walletMinor: 2_000, promoMinor: 3_000, cashMinor: 5_000 });
  expect(await refund(order, 1_000)).toMatchObject([{ amountMinor: 1_000, source: 'wallet' }]);
  // Not the half that the refund is of what has been paid so far: the seller would lose it once the cash is there.
  expect(await inEscrow(order)).toBe(1_000 + 3_000 - 428);
});
