import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { accounts, balanceOf } from '../../src/domain/ledger/index.ts';
import { admin } from '../delivery/depot.ts';
import type { Harness, TestUser } from '../support/harness.ts';
import { createMarket, refundAll, type Till } from '../payments/bank.ts';
import { listingOf } from '../orders/stall.ts';
import { collect, deliver, dispatched, dueMinor, execute, openDepot, packed, received, type Depot } from './parcel.ts';

let market: Harness;
let till: Till;
let depot: Depot;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
beforeEach(async () => {
  depot = await openDepot(market);
});
afterAll(() => market.close());

const cod = { payment: 'cod' } as const;
const balance = (account: { code: string }) => balanceOf(market.database.sql, account, 'USD');
const close = (fields: Record<string, unknown> = {}, as = depot.staff) =>
  market.call(as, 'hubs.closeDay', { hubId: depot.hubId, currency: 'USD', countedMinor: dueMinor, ...fields });
const closed = async (fields: Record<string, unknown> = {}, as = depot.staff) => {
  const reply = await close(fields, as);
  return reply.ok ? (reply.data as any) : reply.error.code;
};

test('on delivery: no goods before the cash, no release before the cash has come in', async () => {
  const parcel = await dispatched(market, { ...cod, depot });
  const { staff, buyer, shipmentId, orderId, deliveryCode } = parcel;
  const proof = { code: deliveryCode };
  expect(await market.fails(staff, 'shipments.deliver', { shipmentId, proof })).toBe('shipments.cash_due');
  expect(await balance(accounts.escrow(orderId))).toBe(0);
  expect(await collect(market, parcel)).toMatchObject({ cash: { amountMinor: dueMinor, isCollected: true } });
  expect(await balance(accounts.escrow(orderId))).toBe(dueMinor);
  expect(await balance(accounts.cashAtHub(parcel.hubId))).toBe(-dueMinor);
  await deliver(market, parcel);
  await market.ok(buyer, 'orders.confirmReceived', { orderId });
  expect(await paymentOf(buyer)).toMatchObject({ state: 'collected', capturedMinor: dueMinor });
  const payout = accounts.payout(parcel.seller.actor.userId);
  await market.runJob('orders.complete');
  expect(await balance(payout)).toBe(0);
  expect(await closed()).toMatchObject({ expectedMinor: dueMinor, differenceMinor: 0, collections: 1, note: null });
  expect(await balance(accounts.cashAtHub(parcel.hubId))).toBe(0);
  expect(await stateOfCash(orderId)).toEqual([{ escrow: 'remitted', shipment: 'remitted' }]);
  expect(await paymentOf(buyer)).toMatchObject({ state: 'remitted' });
  await market.runJob('orders.complete');
  expect(await market.ok(buyer, 'orders.get', { orderId })).toMatchObject({ state: 'completed' });
  expect(await balance(accounts.escrow(orderId))).toBe(0);
  expect(await balance(payout)).toBeGreaterThan(0);
});

/** The payment that the buyer was told of last. */
const paymentOf = async (buyer: TestUser) =>
  (await market.inboxOf(buyer)).findLast(({ data }) => data.entity === 'payment')?.data;

const stateOfCash = (orderId: string) =>
  execute(
    market,
    `select e.cash_state as escrow, s.cash_state as shipment from escrow e join shipment s using (order_id)
     where order_id = ?`,
    [orderId],
  );

test('cash is collected once, however often and however many say so at once, and only what is due', async () => {
  const parcel = await received(market, { ...cod, method: 'hub', depot });
  const { staff, shipmentId, orderId } = parcel;
  const wrong = { shipmentId, amountMinor: dueMinor - 1 };
  expect(await market.fails(staff, 'shipments.collectCash', wrong)).toBe('shipments.wrong_amount');
  await Promise.all(Array.from({ length: 6 }, () => collect(market, parcel)));
  await collect(market, parcel);
  expect(await balance(accounts.escrow(orderId))).toBe(dueMinor);
  expect(await balance(accounts.cashAtHub(parcel.hubId))).toBe(-dueMinor);
  const told = (await market.inboxOf(parcel.buyer)).filter(({ data }) => data.entity === 'shipment');
  expect(told.filter(({ data }) => data.change.kind === 'cash_collected')).toHaveLength(1);
});

test('no cash is taken before the parcel is there, and none for what was paid before', async () => {
  const early = await packed(market, { ...cod, depot });
  const input = { shipmentId: early.shipmentId, amountMinor: dueMinor };
  expect(await market.fails(early.staff, 'shipments.collectCash', input)).toBe('shipments.not_possible');
  const paid = await received(market, { depot });
  const none = { shipmentId: paid.shipmentId, amountMinor: dueMinor };
  expect(await market.fails(paid.staff, 'shipments.collectCash', none)).toBe('shipments.no_cash');
});

test('a parcel that goes back owes no cash any more', async () => {
  const { staff, shipmentId, orderId } = await received(market, { ...cod, method: 'hub', depot });
  const back = await market.ok(staff, 'shipments.returnToSeller', { shipmentId, reason: 'Refused.' });
  expect(back).toMatchObject({ state: 'returning', cash: null });
  const late = { shipmentId, amountMinor: dueMinor };
  expect(await market.fails(staff, 'shipments.collectCash', late)).toBe('shipments.no_cash');
  expect(await balance(accounts.escrow(orderId))).toBe(0);
});

test('of closings at once one takes the cash, and the others find nothing left', async () => {
  for (let count = 0; count < 2; count += 1) await collect(market, await received(market, { ...cod, depot }));
  const replies = await Promise.all(Array.from({ length: 4 }, () => closed({ countedMinor: 2 * dueMinor })));
  expect(replies.filter((reply) => reply === 'hubs.nothing_due')).toHaveLength(3);
  expect(replies).toContainEqual(expect.objectContaining({ expectedMinor: 2 * dueMinor, collections: 2 }));
  expect(await balance(accounts.cashAtHub(depot.hubId))).toBe(0);
  const { items } = await market.ok(depot.staff, 'hubs.closings', { hubId: depot.hubId });
  expect(items).toHaveLength(1);
});

test('a difference is noted and booked as the market’s loss; a large one is an admin’s to confirm', async () => {
  await collect(market, await received(market, { ...cod, depot }));
  const lost = await balance(accounts.losses);
  const boss = await admin(market);
  expect(await closed({ countedMinor: dueMinor - 60 })).toBe('hubs.note_required');
  expect(await closed({ countedMinor: dueMinor - 61, note: 'One note was torn.' })).toBe('hubs.needs_admin');
  expect(await closed({ countedMinor: dueMinor + 61, note: 'Too much.' })).toBe('hubs.needs_admin');
  const note = 'One note was torn, and one is missing.';
  expect(await closed({ countedMinor: 2_000, note }, boss)).toMatchObject({ differenceMinor: -1_000, note });
  expect(await balance(accounts.losses)).toBe(lost - 1_000);
  expect(await balance(accounts.cashAtHub(depot.hubId))).toBe(0);
});

test('a day that is closed late leaves out what was collected after its midnight on the hub’s clock', async () => {
  await collect(market, await received(market, { ...cod, depot }));
  await execute(
    market,
    `update shipment set cash_collected_at =
       ((cash_collected_at at time zone 'Africa/Nairobi')::date)::timestamp at time zone 'Africa/Nairobi'
         - interval '1 millisecond'
     where hub_id = ?`,
    [depot.hubId],
  );
  await collect(market, await received(market, { ...cod, depot }));
  const now = new Date(Date.now() + market.clock.offsetMs + 3 * 3_600_000);
  const yesterday = new Date(now.getTime() - 86_400_000).toISOString().slice(0, 10);
  expect(await closed({ date: yesterday })).toMatchObject({ date: yesterday, collections: 1 });
  expect(await closed({ date: yesterday })).toBe('hubs.nothing_due');
  expect(await closed()).toMatchObject({ date: now.toISOString().slice(0, 10), collections: 1 });
});

test('a closing in one currency leaves the cash of another', async () => {
  await collect(market, await received(market, { ...cod, depot }));
  expect(await closed({ currency: 'KES' })).toBe('hubs.nothing_due');
  expect(await closed()).toMatchObject({ currency: 'USD' });
});

test('cash collected for a parcel that goes back is put into the buyer’s wallet, and still comes in', async () => {
  const parcel = await received(market, { ...cod, method: 'hub', depot });
  const { staff, buyer, shipmentId, orderId } = parcel;
  await collect(market, parcel);
  await market.ok(staff, 'shipments.returnToSeller', { shipmentId, reason: 'Broken.' });
  await refundAll(market, till);
  expect(await balance(accounts.available(buyer.actor.userId))).toBe(dueMinor);
  expect(await balance(accounts.escrow(orderId))).toBe(0);
  expect(await market.ok(buyer, 'orders.get', { orderId })).toMatchObject({ refundedMinor: dueMinor });
  expect(await closed()).toMatchObject({ expectedMinor: dueMinor });
  expect(await balance(accounts.cashAtHub(depot.hubId))).toBe(0);
});

test('of an order whose cash was never collected nothing is refunded, and nothing stays due', async () => {
  const { staff, buyer, shipmentId, orderId } = await received(market, { ...cod, method: 'hub', depot });
  await market.ok(staff, 'shipments.returnToSeller', { shipmentId, reason: 'Refused.' });
  await refundAll(market, till);
  expect(await balance(accounts.available(buyer.actor.userId))).toBe(0);
  expect(await market.ok(buyer, 'orders.get', { orderId })).toMatchObject({ state: 'returned', refundedMinor: 0 });
  const [row] = (await execute(market, 'select refund_state from sub_order where id = ?', [orderId])) as any[];
  expect(['due', 'pending']).not.toContain(row.refund_state);
});

test('the cash taken and the parcel sent back at once: the money lies there whole, or not at all', async () => {
  for (let round = 0; round < 4; round += 1) {
    const parcel = await received(market, { ...cod, method: 'hub', depot: await openDepot(market) });
    const { staff, shipmentId, hubId, orderId } = parcel;
    const [taken] = await Promise.all([
      market.call(staff, 'shipments.collectCash', { shipmentId, amountMinor: dueMinor }),
      market.ok(staff, 'shipments.returnToSeller', { shipmentId, reason: 'Refused.' }),
    ]);
    expect(await balance(accounts.cashAtHub(hubId))).toBe(taken.ok ? -dueMinor : 0);
    expect(await balance(accounts.escrow(orderId))).toBe(taken.ok ? dueMinor : 0);
  }
});

test('cash that is collected while a day is closed goes with that closing or with the next, never lost', async () => {
  const parcels = [];
  for (let count = 0; count < 6; count += 1) parcels.push(await received(market, { ...cod, method: 'hub', depot }));
  await collect(market, parcels[0]!);
  const boss = await admin(market);
  const rest = { note: 'Counted while people came in.', countedMinor: 0 };
  const late = parcels.slice(1).map((parcel) => collect(market, parcel));
  const [first] = await Promise.all([closed(rest, boss), ...late]);
  const second = await closed(rest, boss);
  const booked = [first, second].map((reply) => (reply === 'hubs.nothing_due' ? 0 : reply.expectedMinor));
  expect(booked[0] + booked[1]).toBe(6 * dueMinor);
  expect(await balance(accounts.cashAtHub(depot.hubId))).toBe(0);
});

test('of a cart of two sellers each parcel has its own cash, and one going back leaves the other', async () => {
  const [buyer, sellers] = [await market.user(), [await market.user(), await market.user()]];
  for (const [index, seller] of sellers.entries()) {
    const listingId = await listingOf(market, seller, { priceMinor: 1_000 * (index + 1) });
    await market.ok(buyer, 'cart.setItem', { listingId, quantity: 1 });
  }
  const delivery = { method: 'hub', hubId: depot.hubId };
  const group = await market.ok(buyer, 'cart.checkout', { delivery, paymentMethod: 'cod' });
  expect(group.totalMinor).toBe(4_000);
  await market.ok(buyer, 'payments.start', { orderGroupId: group.id, method: 'cod' });
  for (const { id: orderId, seller } of group.orders) {
    const own = sellers.find(({ id }) => id === seller.id)!;
    await market.ok(own, 'orders.accept', { orderId });
    await market.ok(own, 'orders.pack', { orderId });
  }
  await market.runJob('shipments.follow');
  const { items } = await market.ok(depot.staff, 'shipments.list', { hubId: depot.hubId });
  const amounts = items.map(({ cash }: any) => cash.amountMinor);
  expect(new Set(amounts)).toEqual(new Set([1_500, 2_500]));
  for (const { id: shipmentId, orderId, cash } of items) {
    const seller = sellers.find(({ id }) => id === group.orders.find((order: any) => order.id === orderId).seller.id)!;
    const { scanCode: code } = await market.ok(seller, 'shipments.label', { orderId });
    await market.ok(depot.staff, 'shipments.receiveAtHub', { code, hubId: depot.hubId });
    if (cash.amountMinor === 1_500) {
      await market.ok(depot.staff, 'shipments.collectCash', { shipmentId, amountMinor: 1_500 });
    } else {
      await market.ok(depot.staff, 'shipments.returnToSeller', { shipmentId, reason: 'Refused.' });
    }
  }
  await refundAll(market, till);
  expect(await balance(accounts.cashAtHub(depot.hubId))).toBe(-1_500);
  expect(await balance(accounts.available(buyer.actor.userId))).toBe(0);
  expect(await closed({ countedMinor: 1_500 })).toMatchObject({ collections: 1 });
});
