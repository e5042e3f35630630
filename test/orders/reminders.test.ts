import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Harness, TestUser } from '../support/harness.ts';
import { createMarket, paid, travel, type Till } from '../payments/bank.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(() => market.close());
beforeEach(() => {
  market.clock.offsetMs = 0;
});

/** What a person is reminded of, by the state of the order. */
async function reminded(person: TestUser): Promise<string[]> {
  await market.runJob('orders.remind');
  const events = await market.inboxOf(person);
  return events.filter(({ data }) => data.change?.kind === 'reminded').map(({ data }) => data.state);
}

async function noticesOf(person: TestUser): Promise<string[]> {
  await market.runJob('notifications.tell');
  const rows = await market.database
    .fork()
    .getConnection()
    .execute<{ template: string }[]>(
      `select template from notification where user_id = ? and template like 'order.%_due' order by id`,
      [person.id],
    );
  return rows.map(({ template }) => template);
}

test('a seller is reminded to answer at half time and near the end, once each, also by many workers', async () => {
  const { seller, buyer } = await paid(market, till);
  expect(await reminded(seller)).toEqual([]);
  travel(market, 36 * hourMs + 60_000);
  await Promise.all([1, 2, 3].map(() => market.runJob('orders.remind')));
  expect(await reminded(seller)).toEqual(['placed']);
  travel(market, 29 * hourMs);
  expect(await reminded(seller)).toEqual(['placed']);
  travel(market, 2 * hourMs);
  expect(await reminded(seller)).toEqual(['placed', 'placed']);
  travel(market, 2 * hourMs);
  expect(await reminded(seller)).toEqual(['placed', 'placed']);
  expect(await reminded(buyer)).toEqual([]);
  expect(new Set(await noticesOf(seller))).toEqual(new Set(['order.answer_due']));
});

test('an answer ends the reminders of the answer; those of handing on begin, then the order is cancelled', async () => {
  const { seller, buyer, orderId } = await paid(market, till);
  await market.ok(seller, 'orders.accept', { orderId });
  travel(market, 3 * dayMs);
  expect(await reminded(seller)).toEqual([]);
  travel(market, 0.6 * dayMs);
  expect(await reminded(seller)).toEqual(['accepted']);
  travel(market, 2.6 * dayMs);
  expect(await reminded(seller)).toEqual(['accepted', 'accepted']);
  expect(await noticesOf(seller)).toContain('order.handling_due');
  travel(market, dayMs);
  await market.runJob('orders.cancelUnhandled');
  expect(await market.ok(buyer, 'orders.get', { orderId })).toMatchObject({
    state: 'cancelled',
    refund: { state: 'due' },
    isProtected: false,
    deadline: null,
  });
  expect(await reminded(seller)).toHaveLength(2);
});

test('a buyer is reminded to fetch, and the day before an order counts as received', async () => {
  const { seller, buyer, orderId } = await paid(market, till);
  await market.ok(seller, 'orders.accept', { orderId });
  await market.ok(seller, 'orders.readyForPickup', { orderId });
  const { pickupCode, deadline } = await market.ok(buyer, 'orders.get', { orderId });
  market.clock.offsetMs = Date.parse(deadline) - Date.now() - 23 * hourMs;
  expect(await reminded(buyer)).toEqual(['ready_for_pickup']);
  const delivered = await market.ok(seller, 'orders.handOver', { orderId, pickupCode });
  expect(delivered).toMatchObject({ isProtected: true, protectedUntil: delivered.deadline });
  expect(await reminded(buyer)).toHaveLength(1);
  travel(market, 6 * dayMs + hourMs);
  expect(await reminded(buyer)).toEqual(['ready_for_pickup', 'delivered']);
  expect(await noticesOf(buyer)).toEqual(expect.arrayContaining(['order.receipt_due']));
});

test('workers that were away past two reminders send one, and none past the end', async () => {
  const one = await paid(market, till);
  travel(market, 70 * hourMs);
  expect(await reminded(one.seller)).toEqual(['placed']);
  travel(market, hourMs);
  expect(await reminded(one.seller)).toEqual(['placed']);
  market.clock.offsetMs = 0;
  const two = await paid(market, till);
  travel(market, 73 * hourMs);
  expect(await reminded(two.seller)).toEqual([]);
});
