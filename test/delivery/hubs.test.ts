import { afterAll, beforeAll, expect, test } from 'vitest';
import { staffsHub } from '../../src/domain/delivery/index.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { addPartner, admin, centre, hubInput, mombasa, north, openHub, staffOf } from './depot.ts';

let market: Harness;
let boss: TestUser;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  boss = await admin(market);
});
afterAll(() => market.close());

const staffs = (user: TestUser, hubId: string) =>
  staffsHub(market.database.fork(), { userId: user.actor.userId, hubId });

test('hubs are listed by distance, page by page, without those that are closed or out of reach', async () => {
  const near = { ...north, radiusKm: 30 };
  const ids = [];
  for (const lat of [-1.24, -1.25, -1.25, -1.3]) ids.push(await openHub(market, { location: { ...north, lat } }));
  const closed = await openHub(market, { location: north });
  await market.ok(boss, 'hubs.close', { hubId: closed });
  const far = await openHub(market, { location: mombasa });
  const found: { id: string; distanceKm: number }[] = [];
  let cursor: string | undefined;
  do {
    const page = await market.ok(null, 'hubs.list', { near, limit: 2, ...(cursor && { cursor }) });
    found.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(found.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  expect(found[0]).toMatchObject({ id: ids[0], distanceKm: 0.14 });
  const distances = found.map(({ distanceKm }) => distanceKm);
  expect(distances).toEqual(distances.toSorted((a, b) => a - b));
  const { items } = await market.ok(null, 'hubs.list', { limit: 100 });
  const named = items.map(({ id }: { id: string }) => id);
  expect(named).toContain(far);
  expect(named).not.toContain(closed);
});

test('a hub tells whether it is open by its clock, holidays included, and a closed one never is', async () => {
  const always = [{ from: '00:00', to: '24:00' }];
  const { hours } = hubInput();
  const all = Object.fromEntries(Object.keys(hours).map((day) => [day, always]));
  const hubId = await openHub(market, { hours: all });
  expect(await market.ok(null, 'hubs.get', { hubId })).toMatchObject({ isOpen: true, exceptions: [] });
  const today = new Date(Date.now() + 3 * 3_600_000).toISOString().slice(0, 10);
  const exceptions = [{ date: today, hours: [], note: 'Holiday' }];
  expect(await market.ok(boss, 'hubs.update', { hubId, exceptions })).toMatchObject({ isOpen: false, version: 2 });
  await market.ok(boss, 'hubs.update', { hubId, exceptions: [] });
  expect(await market.ok(boss, 'hubs.close', { hubId })).toMatchObject({ isOpen: false, state: 'closed' });
});

test('a person without the role gets it with their first hub, and loses it with the last', async () => {
  const [first, second] = [await openHub(market), await openHub(market)];
  const user = await market.user();
  await market.ok(boss, 'hubs.assignStaff', { hubId: first, userId: user.id });
  expect(await market.ok(user, 'users.me')).toMatchObject({ roles: ['hub'] });
  await market.ok(boss, 'hubs.assignStaff', { hubId: second, userId: user.id });
  expect([await staffs(user, first), await staffs(user, second)]).toEqual([true, true]);
  await market.ok(boss, 'hubs.removeStaff', { hubId: first, userId: user.id });
  expect([await staffs(user, first), await staffs(user, second)]).toEqual([false, true]);
  await market.ok(boss, 'hubs.removeStaff', { hubId: second, userId: user.id });
  expect(await market.ok(user, 'users.me')).toMatchObject({ roles: [] });
  const told = (await market.inboxOf(user)).filter(({ type }) => type === 'assignment.changed');
  expect(told.map(({ data }) => [data.hub.id, data.change.kind, data.deleted ?? false])).toEqual([
    [first, 'assigned', false],
    [second, 'assigned', false],
    [first, 'removed', true],
    [second, 'removed', true],
  ]);
});

test('a role that is taken away ends the work for every hub, whatever a socket still believes', async () => {
  const hubId = await openHub(market);
  const staff = await staffOf(market, hubId);
  expect(await staffs(staff, hubId)).toBe(true);
  expect((await market.ok(staff, 'hubs.mine')).items).toHaveLength(1);
  await market.ok(boss, 'users.setRoles', { userId: staff.id, roles: [] });
  expect(await staffs(staff, hubId)).toBe(false);
  // The actor of this call still claims the role.
  expect((await market.ok(staff, 'hubs.mine')).items).toEqual([]);
});

test('a suspended person works for no hub', async () => {
  const hubId = await openHub(market);
  const staff = await staffOf(market, hubId);
  await market.ok(boss, 'users.suspend', { userId: staff.id, reason: 'Theft.' });
  expect(await staffs(staff, hubId)).toBe(false);
});

test('one person assigned twice at once is assigned once', async () => {
  const hubId = await openHub(market);
  const user = await market.user();
  const attempts = Array.from({ length: 4 }, () => market.call(boss, 'hubs.assignStaff', { hubId, userId: user.id }));
  const replies = await Promise.all(attempts);
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  const refused = replies.flatMap((reply) => (reply.ok ? [] : [reply.error.code]));
  expect(new Set(refused)).toEqual(new Set(['hubs.already_assigned']));
});

test('removed from one hub and assigned to another at once, a person keeps the role', async () => {
  for (let round = 0; round < 5; round += 1) {
    const [from, to] = [await openHub(market), await openHub(market)];
    const user = await staffOf(market, from);
    await Promise.all([
      market.ok(boss, 'hubs.removeStaff', { hubId: from, userId: user.id }),
      market.ok(boss, 'hubs.assignStaff', { hubId: to, userId: user.id }),
    ]);
    expect([await staffs(user, from), await staffs(user, to)]).toEqual([false, true]);
  }
});

test('assigning and removing has every node look at the person’s sockets again', async () => {
  const hubId = await openHub(market);
  const user = await market.user({ roles: ['hub'] });
  const recheck = { userId: user.id, recheck: true };
  for (const name of ['hubs.assignStaff', 'hubs.removeStaff']) {
    market.delivered.length = 0;
    await market.ok(boss, name, { hubId, userId: user.id });
    expect(market.delivered.flatMap(({ evictions }) => evictions)).toContainEqual(recheck);
  }
});

test('staff hears when their hub is renamed or closed', async () => {
  const hubId = await openHub(market);
  const staff = await staffOf(market, hubId);
  await market.ok(boss, 'hubs.update', { hubId, name: 'Parklands Hub' });
  await market.ok(boss, 'hubs.update', { hubId, feeMinor: 1 });
  await market.ok(boss, 'hubs.close', { hubId });
  const told = (await market.inboxOf(staff)).filter(({ type }) => type === 'assignment.changed');
  expect(told.map(({ data }) => [data.version, data.hub.name, data.hub.state])).toEqual([
    [1, 'Westlands Hub', 'active'],
    [2, 'Parklands Hub', 'active'],
    [3, 'Parklands Hub', 'closed'],
  ]);
});

test('a partner is changed, listed by hub, and removed from what is quoted', async () => {
  const [here, there] = [await openHub(market), await openHub(market)];
  const staff = await staffOf(market, here);
  const partnerId = await addPartner(market, [here], { name: 'Asha Couriers' });
  const listed = async (hubId: string) =>
    (await market.ok(staff, 'partners.list', { hubId })).items.map(({ id }: { id: string }) => id);
  expect([await listed(here), await listed(there)]).toEqual([[partnerId], []]);
  const moved = await market.ok(boss, 'partners.update', { partnerId, hubIds: [there], contactPhone: '+254712345678' });
  expect(moved).toMatchObject({ name: 'Asha Couriers', hubIds: [there], version: 2 });
  expect([await listed(here), await listed(there)]).toEqual([[], [partnerId]]);
  await market.ok(boss, 'partners.remove', { partnerId });
  expect(await listed(there)).toEqual([]);
  expect(await market.fails(boss, 'partners.update', { partnerId, name: 'Again' })).toBe('partners.not_found');
});

test('hours that no clock shows and zones that nobody knows are refused', async () => {
  const monday = [{ from: '08:00', to: '25:00' }];
  const bad = [
    { timezone: 'Africa/Atlantis' },
    { hours: { ...hubInput().hours, monday } },
    { exceptions: [{ date: '2026-02-30', hours: [] }] },
    { exceptions: [1, 2].map(() => ({ date: '2026-12-25', hours: [] })) },
    { location: { ...centre, lat: 91 } },
  ];
  for (const fields of bad) expect(await market.fails(boss, 'hubs.create', hubInput(fields))).toBe('input.invalid');
});
