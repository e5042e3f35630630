import { afterAll, beforeAll, expect, test } from 'vitest';
import { preferenceSettingsPort, unsubscribeUrl } from '../../src/domain/preferences/index.ts';
import { bargain, makeOffer } from '../offers/bargain.ts';
import { reachable, rows } from '../notifications/notified.ts';
import { bindSenders } from '../outbox/post.ts';
import type { TestUser } from '../support/harness.ts';
import { createHttpHarness, type HttpHarness } from './harness.ts';

let http: HttpHarness;
beforeAll(async () => {
  http = await createHttpHarness();
  bindSenders(http.market, { email: { send: async () => ({ kind: 'sent' }) } });
});
afterAll(() => http.close());

const oneClick = { 'content-type': 'application/x-www-form-urlencoded' };
const post = (url: string) =>
  http.send(new URL(url).pathname + new URL(url).search, {
    method: 'POST',
    headers: oneClick,
    body: 'List-Unsubscribe=One-Click',
  });
const get = (url: string) => http.send(new URL(url).pathname + new URL(url).search);
const linkOf = (user: TestUser, topic: 'offers' | 'all' = 'offers') =>
  unsubscribeUrl(http.market.ports.get(preferenceSettingsPort).unsubscribe, user.id, topic);
const mailOn = async (user: TestUser) => {
  const { channels } = await http.market.ok(user, 'preferences.get');
  return Object.keys(channels).filter((topic) => channels[topic].email);
};
/** Where the mails that wait for somebody are turned off, by their template. */
const waiting = (user: TestUser) =>
  rows<{ template: string; unsubscribe_url: string | null }>(
    http.market,
    "select template, unsubscribe_url from outgoing_message where user_id = ? and channel = 'email' order by id",
    [user.id],
  );

/** A seller who hears of offers by mail; `offer` makes another one, and answers with the mails that wait. */
async function offered() {
  const { market } = http;
  const found = await bargain(market);
  await reachable(market, found.seller);
  const offer = async () => {
    await makeOffer(market, { ...found, buyer: await market.user() });
    await market.runJob('notifications.tell');
    return waiting(found.seller);
  };
  return { seller: found.seller, offer };
}

test('the link of a mail ends mails about its topic, and nothing else', async () => {
  const { seller, offer } = await offered();
  const [mail] = await offer();
  expect(mail?.unsubscribe_url).toMatch(/^https:\/\/market\.test\/v1\/unsubscribe\?token=/);
  const before = await mailOn(seller);
  expect(before).toContain('offers');
  const response = await post(mail!.unsubscribe_url!);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8']);
  expect(await mailOn(seller)).toEqual(before.filter((topic) => topic !== 'offers'));
  expect((await http.market.ok(seller, 'preferences.get')).channels.offers.push).toBe(true);
  expect(await offer()).toHaveLength(1);
  expect((await http.market.ok(seller, 'notifications.list')).items).toHaveLength(2);
  expect((await post(mail!.unsubscribe_url!)).status).toBe(200);
});

test('looking at the link changes nothing and shows a button that posts', async () => {
  const user = await http.market.user();
  const before = await mailOn(user);
  const response = await get(linkOf(user));
  expect(response.status).toBe(200);
  expect(response.headers.get('content-security-policy')).toContain("form-action 'self'");
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.text()).toContain('<form method="post">');
  expect(await mailOn(user)).toEqual(before);
});

test('a token that was changed anywhere does nothing', async () => {
  const [user, other] = [await http.market.user(), await http.market.user()];
  const link = linkOf(user);
  const before = await mailOn(other);
  for (const forged of [
    link.replace(user.id, other.id),
    link.replace('.offers.', '.all.'),
    link.slice(0, -1),
    `${link}.more`,
    link.replace(/token=.*/, 'token='),
    link.replace(/\?.*/, ''),
  ]) {
    expect((await post(forged)).status).toBe(400);
  }
  expect([await mailOn(user), await mailOn(other)]).toEqual([before, before]);
});

test('the answer is the same when the person is gone', async () => {
  const user = await http.market.user();
  const answers = [];
  for (const change of ['', 'update account set deleted_at = now(), email = null, phone = null where id = ?']) {
    if (change) await rows(http.market, change, [user.id]);
    const response = await post(linkOf(user));
    answers.push([response.status, await response.text()]);
  }
  expect(answers[1]).toEqual(answers[0]);
});

test('the link of a digest ends all mails; alerts and codes have none', async () => {
  const { market } = http;
  const user = await market.user();
  await reachable(market, user);
  await market.ok(user, 'otp.send', { email: 'another@mail.test' });
  await market.ok(await market.user({ roles: ['admin'] }), 'users.suspend', { userId: user.id, reason: 'Fakes.' });
  await market.runJob('notifications.tell');
  expect((await waiting(user)).map(({ unsubscribe_url: url }) => url).filter(Boolean)).toEqual([]);
  const reader = await market.user();
  await post(linkOf(reader, 'all'));
  expect(await mailOn(reader)).toEqual([]);
});
