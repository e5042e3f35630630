import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Harness } from '../support/harness.ts';
import { joinHarness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { createMarket, openBank, pay, purchase, travel, type Till } from '../payments/bank.ts';
import { stockOf } from '../orders/stall.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => market.close());

const dayMs = 86_400_000;
const windowMs = 900_000;

/** The clock of this process is wrong by this much; timers and the database's clock go on as they are. */
function skew(ms: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
}

const secondsLeft = async (groupId: string) => {
  const rows = await market.database.orm.em
    .getConnection()
    .execute('select extract(epoch from deadline - clock_timestamp())::float8 as s from order_group where id = ?', [
      groupId,
    ]);
  return (rows as unknown as { s: number }[])[0]!.s;
};

test.each([-dayMs, dayMs])(
  'attack 11: on a node whose clock is wrong by %d ms, deadlines are the database’s',
  async (ms) => {
    skew(ms);
    const bought = await purchase(market, { quantity: 1 });
    const left = await secondsLeft(bought.groupId);
    expect(left).toBeGreaterThan(800 + market.clock.offsetMs / 1_000);
    expect(left).toBeLessThan(901 + market.clock.offsetMs / 1_000);
    await market.runJob('orders.expireUnpaid');
    expect(await stockOf(market, bought.listingId)).toMatchObject({ reserved: 1 });
    expect(await market.ok(bought.buyer, 'orders.get', { orderId: bought.orderId })).toMatchObject({
      state: 'awaiting_payment',
    });
  },
);

test('attack 11: two nodes, one a day behind: what one has placed the other does not expire early', async () => {
  const second = joinHarness(market, bindTestPorts);
  openBank(second);
  skew(-dayMs);
  const bought = await purchase(market, { quantity: 1 });
  vi.useRealTimers();
  await second.runJob('orders.expireUnpaid');
  expect(await stockOf(second, bought.listingId)).toMatchObject({ reserved: 1 });
  skew(-dayMs);
  travel(market, windowMs + 1);
  await market.runJob('orders.expireUnpaid');
  vi.useRealTimers();
  expect(await stockOf(second, bought.listingId)).toMatchObject({ quantity: 1, reserved: 0 });
});

test('attack 11: a timer that fires on both nodes at once, many times, tells each side once', async () => {
  const second = joinHarness(market, bindTestPorts);
  openBank(second);
  const bought = await purchase(market, { quantity: 1 });
  travel(market, windowMs + 1);
  await Promise.all([market, second, market, second].map((node) => node.runJob('orders.expireUnpaid')));
  for (const side of [bought.buyer, bought.seller]) {
    const told = (await market.inboxOf(side)).filter(({ data }) => data.change?.kind === 'expired');
    expect(told).toHaveLength(1);
  }
  expect(await stockOf(market, bought.listingId)).toMatchObject({ quantity: 1, reserved: 0 });
});

test('attack 11: with every worker dead past the deadline, nothing is paid, accepted or kept by the late', async () => {
  till.behaviour = 'succeed';
  const bought = await purchase(market, { quantity: 1 });
  await pay(market, bought);
  travel(market, windowMs + 5_000);
  // Nobody has swept: the bank's word comes after the end all the same.
  const start = { orderGroupId: bought.groupId, method: 'sandbox' };
  expect(await market.fails(bought.buyer, 'payments.start', start)).toBe('payments.expired');
  expect(await market.fails(bought.seller, 'orders.accept', { orderId: bought.orderId })).toBe('orders.not_possible');
  await till.bank.deliverDue();
  await Promise.all([market.runJob('payments.process'), market.runJob('orders.expireUnpaid')]);
  const { state } = await market.ok(bought.buyer, 'orders.get', { orderId: bought.orderId });
  // Money wins while the goods are there.
  expect(state).toBe('placed');
  expect(await stockOf(market, bought.listingId)).toMatchObject({ quantity: 0, reserved: 0 });
});
