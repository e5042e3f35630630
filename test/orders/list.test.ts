import { afterAll, beforeAll, expect, test } from 'vitest';
import { orderSnapshot } from '../../src/domain/orders/snapshot.ts';
import type { Harness } from '../support/harness.ts';
import { createMarket, paid, purchase, type Till } from '../payments/bank.ts';
import { listingOf, pickup } from './stall.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(() => market.close());

test('each side pages through its own orders, newest first, by state', async () => {
  const [seller, buyer] = [await market.user(), await market.user()];
  const listingId = await listingOf(market, seller, { quantity: 9 });
  const placed: string[] = [];
  for (let i = 0; i < 5; i += 1)
    placed.push((await market.ok(buyer, 'orders.place', { listingId, quantity: 1, ...pickup })).orders[0].id);
  await market.ok(buyer, 'orders.cancel', { orderId: placed[0] });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await market.ok(seller, 'orders.list', { as: 'seller', limit: 2, ...(cursor && { cursor }) });
    seen.push(...page.items.map(({ id }: { id: string }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(seen).toEqual(placed.toReversed());
  const { items } = await market.ok(buyer, 'orders.list', { as: 'buyer', status: 'cancelled' });
  expect(items.map(({ id }: { id: string }) => id)).toEqual([placed[0]]);
  expect((await market.ok(seller, 'orders.list', { as: 'buyer' })).items).toEqual([]);
});

test('to a stranger an order and a payment do not exist', async () => {
  const { groupId, orderId, paymentId } = await paid(market, till);
  const stranger = await market.user();
  for (const name of ['get', 'accept', 'reject', 'readyForPickup', 'cancel', 'confirmReceived']) {
    expect(await market.fails(stranger, `orders.${name}`, { orderId })).toBe('orders.not_found');
  }
  expect(await market.fails(stranger, 'orders.handOver', { orderId, pickupCode: '123456' })).toBe('orders.not_found');
  expect(await market.fails(stranger, 'payments.start', { orderGroupId: groupId, method: 'sandbox' })).toBe(
    'orders.not_found',
  );
  expect(await market.fails(stranger, 'payments.get', { paymentId })).toBe('payments.not_found');
  expect(await market.fails(stranger, 'payments.cancel', { paymentId })).toBe('payments.not_found');
});

test('folding all events of a person equals a fresh snapshot', async () => {
  const { buyer, seller, orderId } = await paid(market, till);
  await market.ok(seller, 'orders.accept', { orderId });
  await purchase(market);
  for (const user of [buyer, seller]) {
    const folded = new Map<string, unknown>();
    for (const {
      data: { change: _, entity, ...view },
    } of await market.inboxOf(user))
      if (entity === 'order') folded.set(view.id, view);
    const db = market.database.fork();
    const fresh = await orderSnapshot.load({
      db,
      sql: db.getKysely() as never,
      userId: user.id,
      now: new Date(),
      port: (port) => market.ports.get(port),
    });
    expect(JSON.parse(JSON.stringify(fresh.map((view) => view)))).toEqual([...folded.values()]);
  }
});
