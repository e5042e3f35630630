import { afterAll, beforeAll, expect, test } from 'vitest';
import { pickup } from '../orders/stall.ts';
import type { Harness, TestUser } from '../support/harness.ts';
import { startStopwatch } from '../support/stopwatch.ts';
import { createListing } from '../support/listings.ts';
import { canHoldTwo, startTwoNodes, type TwoNodes } from '../gateway/two-nodes.ts';
import { member, openShop } from './shop.ts';

/** Both nodes of one market in this process. What is done on one has to show on the sockets of the other. */
const between = test.skipIf(!canHoldTwo);

let nodes: TwoNodes;
let market: Harness;
beforeAll(async () => {
  if (!canHoldTwo) return;
  nodes = await startTwoNodes();
  market = nodes.one.harness;
});
afterAll(() => nodes?.close());

const promptMs = 1_000;

/** A command for which the role is asked first; with it, there just is no such shop. */
const useOfRole = (socket: { fails(name: string, input?: unknown): Promise<string> }) => () =>
  socket.fails('merchants.close', { merchantId: crypto.randomUUID() });

async function order(owner: TestUser): Promise<string> {
  const { id: listingId } = await createListing(market, owner);
  const placing = { listingId, quantity: 1, ...pickup };
  return (await market.ok(await market.user(), 'orders.place', placing)).orders[0].id;
}

between('the role that an approval gives works on an open socket of another node within a second', async () => {
  const user = await market.user();
  const client = nodes.two.connect(user);
  await client.ready;
  expect(await useOfRole(client)()).toBe('auth.forbidden');
  await openShop(market, user);
  const refusedForMs = startStopwatch();
  await expect.poll(useOfRole(client)).toBe('merchants.not_found');
  expect(refusedForMs()).toBeLessThan(promptMs);
});

between('handing a shop over takes the role from one open socket and gives it to another within a second', async () => {
  const shop = await openShop(market);
  const heir = await member(market, shop, 'manager');
  const [before, after] = [nodes.two.connect(shop.owner), nodes.two.connect(heir)];
  await Promise.all([before.ready, after.ready]);
  expect([await useOfRole(before)(), await useOfRole(after)()]).toEqual(['merchants.not_found', 'auth.forbidden']);
  await market.ok(shop.owner, 'merchantTeam.transfer', { merchantId: shop.merchantId, userId: heir.id });
  const unchangedForMs = startStopwatch();
  await expect
    .poll(async () => [await useOfRole(before)(), await useOfRole(after)()])
    .toEqual(['auth.forbidden', 'merchants.not_found']);
  expect(unchangedForMs()).toBeLessThan(promptMs);
});

between('the team sees orders come in live, and whoever is removed sees not one more', async () => {
  const shop = await openShop(market);
  const { owner, merchantId } = shop;
  const room = `shop:${merchantId}`;
  const [stays, goes] = [await member(market, shop), await member(market, shop)];
  const [staying, going] = [nodes.two.connect(stays), nodes.two.connect(goes)];
  const first = await order(owner);
  for (const client of [staying, going]) {
    const { snapshot } = await client.ok('rooms.join', { room });
    expect(snapshot.orders.map(({ id }: { id: string }) => id)).toEqual([first]);
  }
  const second = await order(owner);
  const shows = (orderId: string) => (payload: any) => payload.events.some((event: any) => event.data.id === orderId);
  for (const client of [staying, going]) await client.frame('room', shows(second));
  await market.ok(owner, 'merchantTeam.remove', { merchantId, userId: goes.id });
  const insideForMs = startStopwatch();
  expect(await going.fails('orders.get', { orderId: second })).toBe('orders.not_found');
  await expect.poll(() => nodes.two.gateway.transport.roomSizes().get(room)).toBe(1);
  expect(insideForMs()).toBeLessThan(promptMs);
  const heard = going.frames.filter(({ event }) => event === 'room').length;
  const third = await order(owner);
  await staying.frame('room', shows(third));
  await going.ok('users.me');
  expect(going.frames.filter(({ event }) => event === 'room')).toHaveLength(heard);
  expect(await going.call('rooms.join', { room })).toMatchObject({ ok: false });
});

between('the room of a shop is closed to guests, strangers and other shops', async () => {
  const { merchantId } = await openShop(market);
  const rival = (await openShop(market)).owner;
  for (const visitor of [null, await market.user(), rival]) {
    const client = nodes.one.connect(visitor);
    expect(await client.call('rooms.join', { room: `shop:${merchantId}` })).toMatchObject({ ok: false });
  }
});
