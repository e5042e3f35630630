import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { afterQuietHours, nextDigest, subscribersOf } from '../../src/domain/preferences/index.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

test('what is left out of an update stays, and channels are changed one by one', async () => {
  const user = await market.user();
  expect(await market.ok(user, 'preferences.get')).toMatchObject({
    version: 0,
    frequency: 'instant',
    quietHours: null,
  });
  await market.ok(user, 'preferences.update', { channels: { messages: { email: true } }, frequency: 'hourly' });
  const quietHours = { from: '22:15', to: '06:00' };
  await market.ok(user, 'preferences.update', { channels: { messages: { push: false } }, quietHours });
  const now = await market.ok(user, 'preferences.get');
  expect(now).toMatchObject({ version: 2, frequency: 'hourly', quietHours });
  expect(now.channels.messages).toEqual({ push: false, email: true, sms: false, telegram: true });
  expect(now.channels.orders).toMatchObject({ push: true, email: true });
  expect(await market.ok(user, 'preferences.update', { quietHours: null })).toMatchObject({ quietHours: null });
});

test('two updates at once are both kept', async () => {
  const user = await market.user();
  await Promise.all([
    market.ok(user, 'preferences.update', { channels: { offers: { push: false } } }),
    market.ok(user, 'preferences.update', { channels: { orders: { push: false } } }),
  ]);
  const { version, channels } = await market.ok(user, 'preferences.get');
  expect([version, channels.offers.push, channels.orders.push]).toEqual([2, false, false]);
});

test('a time zone that does not exist is refused', async () => {
  expect(await market.fails(await market.user(), 'preferences.update', { timezone: 'Mars/Olympus' })).toBe(
    'input.invalid',
  );
});

test('subscribers are those who named both the category and the city, whatever its capitals', async () => {
  const [both, other] = [await market.user(), await market.user()];
  const categoryId = crypto.randomUUID();
  await market.ok(both, 'preferences.update', { categories: [categoryId], cities: ['Tashkent'] });
  await market.ok(other, 'preferences.update', { categories: [categoryId], cities: ['Samarkand'] });
  const { sql } = market.database;
  expect(await subscribersOf(sql, { categoryId, city: 'TASHKENT' })).toEqual([both.id]);
  expect(await subscribersOf(sql, { categoryId, city: 'Tashkent', after: both.actor.userId })).toEqual([]);
});

const at = (text: string) => new Date(text);
const night = { quietFrom: 22 * 60, quietTo: 7 * 60 };

describe('quiet hours', () => {
  test.each([
    ['in the evening', 'Europe/Berlin', '2026-01-10T22:30:00Z', '2026-01-11T06:00:00Z'],
    ['after midnight', 'Europe/Berlin', '2026-01-11T02:00:00Z', '2026-01-11T06:00:00Z'],
    ['in the night of a clock put forward', 'Europe/Berlin', '2026-03-28T22:00:00Z', '2026-03-29T05:00:00Z'],
    ['in the night of a clock put back', 'Europe/Berlin', '2026-10-24T21:00:00Z', '2026-10-25T06:00:00Z'],
    ['in a zone of half hours', 'Asia/Kolkata', '2026-01-10T18:00:00Z', '2026-01-11T01:30:00Z'],
  ])('%s (%s) last until their end', (_, timezone, from, until) => {
    expect(afterQuietHours(at(from), { ...night, timezone })).toEqual(at(until));
  });

  test.each(['2026-01-10T06:00:00Z', '2026-01-10T20:59:00Z'])('at %s there are none', (now) => {
    expect(afterQuietHours(at(now), { ...night, timezone: 'Europe/Berlin' })).toEqual(at(now));
  });

  test('that end in the hour that the clock skips end with the skip', () => {
    const quiet = { quietFrom: 60, quietTo: 150, timezone: 'Europe/Berlin' };
    expect(afterQuietHours(at('2026-03-29T00:30:00Z'), quiet)).toEqual(at('2026-03-29T01:00:00Z'));
  });

  test('that end in the hour that the clock shows twice end the first time', () => {
    const quiet = { quietFrom: 60, quietTo: 150, timezone: 'Europe/Berlin' };
    expect(afterQuietHours(at('2026-10-24T23:30:00Z'), quiet)).toEqual(at('2026-10-25T00:30:00Z'));
  });

  test('during the day work too, and without them a message leaves at once', () => {
    const siesta = { quietFrom: 13 * 60, quietTo: 15 * 60, timezone: 'UTC' };
    expect(afterQuietHours(at('2026-01-10T14:10:00Z'), siesta)).toEqual(at('2026-01-10T15:00:00Z'));
    const none = { quietFrom: null, quietTo: null, timezone: 'UTC' };
    expect(afterQuietHours(at('2026-01-10T14:10:00Z'), none)).toEqual(at('2026-01-10T14:10:00Z'));
  });
});

test('digests leave at the local full hour, or once a day at the person’s hour', () => {
  const kolkata = { digestHour: 9, timezone: 'Asia/Kolkata' };
  expect(nextDigest(at('2026-01-10T10:10:30Z'), { frequency: 'hourly', ...kolkata })).toEqual(
    at('2026-01-10T10:30:00Z'),
  );
  expect(nextDigest(at('2026-01-10T03:31:00Z'), { frequency: 'daily', ...kolkata })).toEqual(
    at('2026-01-11T03:30:00Z'),
  );
});
