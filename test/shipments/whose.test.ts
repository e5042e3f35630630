import { afterAll, beforeAll, expect, test } from 'vitest';
import { accounts, balanceOf } from '../../src/domain/ledger/index.ts';
import { admin, staffOf } from '../delivery/depot.ts';
import { openBank } from '../payments/bank.ts';
import { startStopwatch } from '../support/stopwatch.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { collect, deliver, dueMinor, openDepot, packed, received } from './parcel.ts';

/** While false, no word of what was committed gets through, as with Redis away. */
let isPushed = true;
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ isPushed: () => isPushed });
  openBank(server.harness);
});
afterAll(() => server.close());

test('for staff of another hub, and for an admin who works for none, a hub’s parcel does not exist', async () => {
  const market = server.harness;
  const parcel = await packed(market, { payment: 'cod' });
  const stranger = (await openDepot(market)).staff;
  const { shipmentId, scanCode: code, hubId, partnerId, deliveryCode } = parcel;
  const elsewhere = (await market.ok(stranger, 'hubs.mine')).items[0].id;
  const attempts: [string, object][] = [
    ['shipments.receiveAtHub', { code, hubId }],
    ['shipments.receiveAtHub', { code, hubId: elsewhere }],
    ['shipments.dispatch', { shipmentId, partnerId }],
    ['shipments.deliver', { shipmentId, proof: { code: deliveryCode } }],
    ['shipments.fail', { shipmentId, reason: 'No.' }],
    ['shipments.returnToSeller', { shipmentId, reason: 'No.' }],
    ['shipments.handBack', { shipmentId }],
    ['shipments.collectCash', { shipmentId, amountMinor: dueMinor }],
  ];
  for (const outsider of [stranger, await admin(market)]) {
    for (const [name, input] of attempts) expect(await market.fails(outsider, name, input)).toBe('shipments.not_found');
  }
  const closing = { hubId, currency: 'USD', countedMinor: 0 };
  expect(await market.fails(stranger, 'hubs.closeDay', closing)).toBe('hubs.not_found');
  expect(await market.fails(stranger, 'hubs.closings', { hubId })).toBe('hubs.not_found');
  expect(await market.fails(stranger, 'shipments.list', { hubId })).toBe('hubs.not_found');
  const cash = accounts.cashAtHub(hubId);
  expect(await balanceOf(market.database.sql, cash, 'USD')).toBe(0);
});

test('of a parcel only its two sides can ask where it is', async () => {
  const market = server.harness;
  const { shipmentId, staff } = await packed(market);
  const { seller, orderId } = await packed(market);
  expect(await market.ok(seller, 'shipments.track', { orderId })).toMatchObject({ orderId, role: 'seller' });
  expect(await market.fails(seller, 'shipments.track', { orderId, shipmentId })).toBe('input.invalid');
  for (const outsider of [staff, await market.user()]) {
    expect(await market.fails(outsider, 'shipments.track', { shipmentId })).toBe('shipments.not_found');
    expect(await market.fails(outsider, 'shipments.label', { shipmentId })).toBe('shipments.not_found');
  }
});

test('a role that was taken away collects nothing, though the socket has not heard of it', async () => {
  const market = server.harness;
  const parcel = await received(market, { payment: 'cod', method: 'hub' });
  const { staff, shipmentId, hubId } = parcel;
  const input = { shipmentId, amountMinor: dueMinor };
  await market.ok(await admin(market), 'users.setRoles', { userId: staff.id, roles: [] });
  // The actor is what an open socket still believes for a moment.
  expect(await market.fails(staff, 'shipments.collectCash', input)).toBe('shipments.not_found');
  const other = await staffOf(market, hubId);
  await market.ok(await admin(market), 'hubs.removeStaff', { hubId, userId: other.id });
  expect(await market.fails(other, 'shipments.collectCash', input)).toBe('shipments.not_found');
});

test('staff in the room of their hub sees each parcel move, and is put out when they are removed', async () => {
  const market = server.harness;
  const depot = await openDepot(market);
  const { hubId, staff } = depot;
  const room = `hub:${hubId}`;
  const early = await received(market, { depot });
  const [inside, outside] = [server.connect(staff), server.connect((await openDepot(market)).staff)];
  expect(await outside.fails('rooms.join', { room })).toBe('rooms.not_found');
  const joined = await inside.ok('rooms.join', { room });
  expect(JSON.stringify(joined)).toContain(early.shipmentId);
  const parcel = await received(market, { depot, payment: 'cod', method: 'hub' });
  await collect(market, parcel);
  await deliver(market, parcel);
  const seen = (state: string) =>
    inside.frame('room', ({ events }) =>
      events.some(({ data }: any) => data.id === parcel.shipmentId && data.state === state),
    );
  for (const state of ['awaiting_drop_off', 'at_hub', 'delivered']) await seen(state);
  await market.ok(staff, 'hubs.closeDay', { hubId, currency: 'USD', countedMinor: dueMinor });
  await inside.frame('room', ({ events }) => events.some(({ type }: any) => type === 'closing.recorded'));
  // Neither code is for the hub to see.
  const told = JSON.stringify(inside.frames);
  expect([told.includes(parcel.scanCode), told.includes(parcel.deliveryCode)]).toEqual([false, false]);

  const colleague = await staffOf(market, hubId);
  const stays = server.connect(colleague);
  await stays.ok('rooms.join', { room });
  await market.ok(await admin(market), 'hubs.removeStaff', { hubId, userId: staff.id });
  const insideForMs = startStopwatch();
  await expect.poll(() => server.gateway.transport.roomSizes().get(room)).toBe(1);
  expect(insideForMs()).toBeLessThan(5_000);
  const heard = inside.frames.length;
  const later = await received(market, { depot: { ...depot, staff: colleague } });
  await stays.frame('room', ({ events }) => events.some(({ data }: any) => data.id === later.shipmentId));
  expect(inside.frames.slice(heard).filter(({ event }) => event === 'room')).toEqual([]);
  expect(await inside.fails('rooms.join', { room })).toBe('rooms.not_found');
});

test('a socket loses its commands within five seconds of the role, even if no word of it gets through', async () => {
  const market = server.harness;
  const { staff, hubId } = await openDepot(market);
  const client = server.connect(staff);
  await client.ok('shipments.list', { hubId });
  const boss = await admin(market);
  isPushed = false;
  await market.ok(boss, 'users.setRoles', { userId: staff.id, roles: [] });
  isPushed = true;
  const allowedForMs = startStopwatch();
  await expect.poll(() => client.fails('shipments.list', { hubId })).toBe('auth.forbidden');
  expect(allowedForMs()).toBeLessThan(5_000);
});

test('who works for a hub neither hands over nor sends back, nor takes cash for, what they buy or sell', async () => {
  const market = server.harness;
  const depot = await openDepot(market);
  const way = { depot, payment: 'cod', method: 'hub' } as const;
  const sold = await received(market, { ...way, seller: depot.staff });
  const bought = await received(market, way);
  const { hubId } = depot;
  await market.ok(await admin(market), 'hubs.assignStaff', { hubId, userId: bought.buyer.id });
  const buyer = { ...bought.buyer, actor: { ...bought.buyer.actor, roles: ['hub' as const] } };
  for (const [own, { shipmentId, deliveryCode }] of [[depot.staff, sold] as const, [buyer, bought] as const]) {
    const attempts: [string, object][] = [
      ['shipments.collectCash', { shipmentId, amountMinor: dueMinor }],
      ['shipments.deliver', { shipmentId, proof: { code: deliveryCode } }],
      ['shipments.fail', { shipmentId, reason: 'No.' }],
      ['shipments.returnToSeller', { shipmentId, reason: 'No.' }],
    ];
    for (const [name, input] of attempts) expect(await market.fails(own, name, input)).toBe('shipments.own_parcel');
  }
  const other = await staffOf(market, hubId);
  await market.ok(other, 'shipments.collectCash', { shipmentId: sold.shipmentId, amountMinor: dueMinor });
});
