import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressBook } from '../../src/domain/preferences/index.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { appDevice, browserDevice } from './devices.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

const register = (user: TestUser, device: Record<string, unknown> = appDevice()) =>
  market.ok(user, 'devices.register', device);
const list = async (user: TestUser) => (await market.ok(user, 'devices.list')).items as { id: string }[];

async function isPushedTo(deviceId: string): Promise<boolean> {
  const now = new Date(Date.now() + market.clock.offsetMs);
  const targets = await addressBook.pushTargets(market.database.sql, { deviceIds: [deviceId], now });
  return targets.has(deviceId);
}

test('a token belongs to whoever registered it last', async () => {
  const [first, second] = [await market.user(), await market.user()];
  const device = appDevice();
  await register(first, device);
  const { id } = await register(second, device);
  expect(await list(first)).toEqual([]);
  expect(await list(second)).toMatchObject([{ id, current: true, platform: 'android' }]);
});

test('registering again keeps the device, and neither answers nor lists its token', async () => {
  const user = await market.user();
  const device = appDevice('ios');
  const first = await register(user, device);
  const again = await register(user, { ...device, appVersion: '2.0' });
  expect(again).toMatchObject({ id: first.id, appVersion: '2.0' });
  expect(JSON.stringify([first, again, await list(user)])).not.toContain(device.pushToken);
});

test('the same token registered by two people at once ends at exactly one', async () => {
  const people = [await market.user(), await market.user(), await market.user()];
  const device = browserDevice();
  await Promise.all(people.map((person) => register(person, device)));
  const lists = await Promise.all(people.map(list));
  expect(lists.flat()).toHaveLength(1);
});

test('one browser is one device, however its subscription is written', async () => {
  const user = await market.user();
  const device = browserDevice();
  const { id } = await register(user, device);
  const spaced = JSON.stringify(JSON.parse(device.pushToken), null, 2);
  expect(await register(user, { ...device, pushToken: spaced })).toMatchObject({ id });
});

test('a person has at most 20 devices; the one unused for longest makes room, also in a race', async () => {
  const user = await market.user();
  const oldest = await register(user);
  for (let count = 0; count < 17; count += 1) await register(user);
  await Promise.all([1, 2, 3].map(() => register(user)));
  const devices = await list(user);
  expect(devices).toHaveLength(20);
  expect(devices.map(({ id }) => id)).not.toContain(oldest.id);
});

test.each([
  'http://push.test/send/1',
  'https://push.test:8443/send/1',
  'https://127.0.0.1/send',
  'https://push.test.evil.example/send',
  'https://evilpush.test/send',
  'https://user:secret@push.test/send',
  'https://169.254.169.254/latest/meta-data',
  'file:///etc/passwd',
])('a subscription at %s is refused: this server calls only known push services', async (endpoint) => {
  expect(await market.fails(await market.user(), 'devices.register', browserDevice(endpoint))).toBe(
    'devices.bad_token',
  );
});

test('a host under an allowed wildcard is taken, and an app token with spaces or quotes is not', async () => {
  const user = await market.user();
  expect(await register(user, browserDevice('https://web.push.test/abc'))).toMatchObject({ platform: 'web' });
  const odd = { platform: 'android', pushToken: '{"not": "a token of firebase"}' };
  expect(await market.fails(user, 'devices.register', odd)).toBe('devices.bad_token');
});

test('logout, revocation and suspension stop pushes to a device at once', async () => {
  const [leaver, revoked, suspended] = [await market.user(), await market.user(), await market.user()];
  const ids = await Promise.all([leaver, revoked, suspended].map(async (user) => (await register(user)).id as string));
  expect(await Promise.all(ids.map(isPushedTo))).toEqual([true, true, true]);
  await market.ok(leaver, 'sessions.logout');
  await market.ok(revoked, 'sessions.revoke', { sessionId: revoked.actor.sessionId });
  await market.database.orm.em
    .getConnection()
    .execute('update account set suspended_at = now() where id = ?', [suspended.id]);
  expect(await Promise.all(ids.map(isPushedTo))).toEqual([false, false, false]);
  expect(await list(leaver)).toEqual([]);
});

test('devices of ended sessions are deleted, others stay', async () => {
  const [leaver, stayer] = [await market.user(), await market.user()];
  await register(leaver);
  const kept = await register(stayer);
  await market.ok(leaver, 'sessions.logout');
  await market.runJob('devices.prune');
  const rows = await market.database.orm.em
    .getConnection()
    .execute<{ id: string }[]>('select id from device where user_id in (?, ?)', [leaver.id, stayer.id]);
  expect(rows).toEqual([{ id: kept.id }]);
});
