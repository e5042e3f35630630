import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { outboxSettingsPort, sendersPort, type Sender } from '../../src/domain/outbox/index.ts';
import { bargain, makeOffer } from '../offers/bargain.ts';
import { say, talk } from '../chat/talk.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { createListing } from '../support/listings.ts';
import { bindOnline, outgoing, reachable, rows } from './notified.ts';

const hourMs = 3_600_000;
const sender: Sender = { send: async () => ({ kind: 'sent' }) };
const unwritten: string[] = [];

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  const senders = (['email', 'push'] as const).map((channel) => [channel, sender] as const);
  market.ports.bind(sendersPort, new Map(senders));
  const settings = market.ports.get(outboxSettingsPort);
  market.ports.bind(outboxSettingsPort, { ...settings, unwritten: (template) => void unwritten.push(template) });
});
afterAll(() => market.close());
beforeEach(async () => {
  bindOnline(market, new Set());
  await rows(market, 'delete from inbox_notice');
  unwritten.length = 0;
});

const tell = () => market.runJob('notifications.tell');
const list = async (person: TestUser) => market.ok(person, 'notifications.list');

async function offered() {
  const found = await bargain(market);
  await reachable(market, found.seller);
  return found;
}

test('a fact becomes one notification and one message for each channel, also with workers in a race', async () => {
  const found = await offered();
  await makeOffer(market, found);
  await Promise.all([tell(), tell(), tell(), tell()]);
  await tell();
  const { items, unread } = await list(found.seller);
  expect(unread).toBe(1);
  expect(items).toMatchObject([{ topic: 'offers', template: 'offer.received', title: 'New offer', read: false }]);
  const sent = await outgoing(market, found.seller);
  expect(sent.map(({ channel }) => channel).toSorted()).toEqual(['email', 'push']);
  expect((await list(found.buyer)).items).toEqual([]);
  const pushed = (await market.inboxOf(found.seller)).filter(({ type }) => type === 'notification.changed');
  expect(pushed).toHaveLength(1);
});

test('who has the app open is not pushed to, and still gets the mail they want', async () => {
  const found = await offered();
  bindOnline(market, new Set([found.seller.id]));
  await makeOffer(market, found);
  await tell();
  expect((await outgoing(market, found.seller)).map(({ channel }) => channel)).toEqual(['email']);
  expect((await list(found.seller)).unread).toBe(1);
});

test('messages of a conversation share one unread notification, and the newest one’s push waits alone', async () => {
  const found = await talk(market);
  await reachable(market, found.seller);
  for (const text of ['One', 'Two', `${'x'.repeat(99)}😀 and more`]) {
    await say(market, found.buyer, { ...found, text });
    await tell();
  }
  const { items } = await list(found.seller);
  expect(items).toMatchObject([{ occurrences: 3, about: { entity: 'conversation', id: found.conversationId } }]);
  expect(items[0].body).toBe(`${'x'.repeat(99)}…`);
  expect((await outgoing(market, found.seller)).map(({ state }) => state)).toEqual([
    'superseded',
    'superseded',
    'queued',
  ]);
  expect((await list(found.buyer)).items).toEqual([]);
  await market.ok(found.seller, 'notifications.markRead', { ids: [items[0].id] });
  await say(market, found.buyer, found);
  await tell();
  expect((await list(found.seller)).items).toMatchObject([{ occurrences: 1, read: false }, { read: true }]);
});

test('a muted conversation tells nothing', async () => {
  const found = await talk(market);
  await say(market, found.buyer, found);
  await tell();
  await market.ok(
    found.seller,
    'conversations.mute',
    found.conversationId ? { conversationId: found.conversationId } : {},
  );
  await say(market, found.buyer, found);
  await tell();
  expect((await list(found.seller)).items).toMatchObject([{ occurrences: 1 }]);
});

test('a channel that is switched off for a topic is left alone, and addresses that are not proven always', async () => {
  const found = await offered();
  await market.ok(found.seller, 'preferences.update', { channels: { offers: { push: false } } });
  await rows(market, 'update account set email_verified_at = null where id = ?', [found.seller.id]);
  await makeOffer(market, found);
  await tell();
  expect(await outgoing(market, found.seller)).toEqual([]);
  expect((await list(found.seller)).unread).toBe(1);
});

test('in quiet hours messages wait for their end', async () => {
  const found = await offered();
  const hour = new Date(Date.now() + market.clock.offsetMs).getUTCHours();
  const at = (later: number) => `${String((hour + later) % 24).padStart(2, '0')}:00`;
  await market.ok(found.seller, 'preferences.update', { quietHours: { from: at(23), to: at(2) } });
  await makeOffer(market, found);
  await tell();
  const sent = await outgoing(market, found.seller);
  expect(sent).toHaveLength(2);
  for (const { due_in_ms: dueInMs } of sent) {
    expect(dueInMs).toBeGreaterThan(hourMs - 60_000);
    expect(dueInMs).toBeLessThan(2 * hourMs);
  }
});

test('a daily digest collects what happened into one message, once, without what was read meanwhile', async () => {
  const found = await offered();
  await market.ok(found.seller, 'preferences.update', { frequency: 'daily' });
  for (let offer = 0; offer < 3; offer += 1) {
    await makeOffer(market, { ...found, buyer: await market.user() });
    await tell();
  }
  expect(await outgoing(market, found.seller)).toEqual([]);
  const { items } = await list(found.seller);
  await market.ok(found.seller, 'notifications.markRead', { ids: [items[0].id] });
  await market.runJob('notifications.digest');
  expect(await outgoing(market, found.seller)).toEqual([]);
  market.clock.offsetMs += 25 * hourMs;
  await Promise.all([market.runJob('notifications.digest'), market.runJob('notifications.digest')]);
  const sent = await outgoing(market, found.seller);
  expect(sent.map(({ channel, template }) => `${channel} ${template}`).toSorted()).toEqual([
    'email digest.summary',
    'push digest.summary',
  ]);
  expect(sent[0]?.params.count).toBe(2);
});

test('a notice with an unknown template is told without particulars, and holds up nobody else', async () => {
  const [odd, fine] = [await offered(), await offered()];
  await makeOffer(market, odd);
  await makeOffer(market, fine);
  await rows(
    market,
    `update inbox_notice set notice = jsonb_set(notice, '{template}', '"no.such"') where user_id = ?`,
    [odd.seller.id],
  );
  await tell();
  expect((await list(odd.seller)).items).toMatchObject([{ title: 'There is news' }]);
  expect((await list(fine.seller)).items).toMatchObject([{ title: 'New offer' }]);
  expect(unwritten).toEqual(['no.such']);
});

test('a notice of more than two days ago is no news', async () => {
  const found = await offered();
  await makeOffer(market, found);
  market.clock.offsetMs += 49 * hourMs;
  await tell();
  expect((await list(found.seller)).items).toEqual([]);
});

test('a favourite tells of a lower price and of new stock, not of anything else', async () => {
  const [seller, fan] = [await market.user(), await market.user()];
  const { id: listingId } = await createListing(market, seller, { priceMinor: 10_000, quantity: 1 });
  await market.ok(fan, 'favourites.add', { listingId });
  const change = async (fields: object) => {
    await market.ok(seller, 'listings.update', { listingId, ...fields });
    await market.runJob('favourites.tell');
    await tell();
    return (await list(fan)).items.map(({ template }: { template: string }) => template);
  };
  expect(await change({ title: 'Another title' })).toEqual([]);
  expect(await change({ priceMinor: 12_000 })).toEqual([]);
  expect(await change({ priceMinor: 11_000 })).toEqual(['listing.price_dropped']);
  expect(await change({ quantity: 0 })).toEqual(['listing.price_dropped']);
  expect(await change({ quantity: 3 })).toEqual(['listing.back_in_stock', 'listing.price_dropped']);
});

test('marking read up to one marks the older ones, and nobody else’s', async () => {
  const found = await offered();
  for (let offer = 0; offer < 3; offer += 1) await makeOffer(market, { ...found, buyer: await market.user() });
  await tell();
  const { items } = await list(found.seller);
  const upTo = items[1].id;
  expect(await market.ok(found.buyer, 'notifications.markRead', { upTo })).toEqual({ marked: 0, unread: 0 });
  expect(await market.ok(found.seller, 'notifications.markRead', { upTo })).toEqual({ marked: 2, unread: 1 });
  const unread = await market.ok(found.seller, 'notifications.list', { unread: true });
  expect(unread.items.map(({ id }: { id: string }) => id)).toEqual([items[0].id]);
  expect(await market.fails(found.seller, 'notifications.markRead', {})).toBe('input.invalid');
});

test('after 90 days notifications are deleted, and devices told of the unread ones', async () => {
  const found = await offered();
  await makeOffer(market, found);
  await tell();
  market.clock.offsetMs += 91 * 24 * hourMs;
  await market.runJob('notifications.prune');
  expect((await list(found.seller)).items).toEqual([]);
  expect((await market.inboxOf(found.seller)).at(-1)?.data).toMatchObject({ entity: 'notification', deleted: true });
});

/** A message to somebody who wants chats by mail too, and how that person reads up to a number. */
async function writtenTo() {
  const found = await talk(market);
  await reachable(market, found.seller);
  await market.ok(found.seller, 'preferences.update', { channels: { messages: { email: true } } });
  await say(market, found.buyer, found);
  const { conversationId } = found;
  const read = (upToSeq: number) => market.ok(found.seller, 'messages.markRead', { conversationId, upToSeq });
  return { ...found, read };
}

test('reading a conversation marks its notification as read and takes back what waits to be sent', async () => {
  const { seller, buyer, conversationId, read } = await writtenTo();
  const other = await talk(market);
  await say(market, other.buyer, other);
  await tell();
  expect((await outgoing(market, seller)).map(({ state }) => state)).toEqual(['queued', 'queued']);
  await read(1);
  await tell();
  const { items, unread } = await list(seller);
  expect([items.length, items[0].read, unread]).toEqual([1, true, 0]);
  expect((await outgoing(market, seller)).map(({ state, params }) => [state, params])).toEqual([
    ['superseded', {}],
    ['superseded', {}],
  ]);
  expect((await list(other.seller)).unread).toBe(1);
  await say(market, buyer, { conversationId, text: 'Still there?' });
  await tell();
  expect((await list(seller)).unread).toBe(1);
});

test('a message that was read before anybody told of it is not told, and one after it is', async () => {
  const { seller, buyer, conversationId, read } = await writtenTo();
  await read(1);
  await tell();
  expect((await list(seller)).items).toEqual([]);
  expect(await outgoing(market, seller)).toEqual([]);
  await say(market, buyer, { conversationId, text: 'One' });
  await read(2);
  await say(market, buyer, { conversationId, text: 'Two' });
  await tell();
  expect((await list(seller)).items).toMatchObject([{ body: 'Two', occurrences: 1, read: false }]);
});

test('who read only the older messages of a conversation is still told of the newer ones', async () => {
  const { seller, buyer, conversationId, read } = await writtenTo();
  await say(market, buyer, { conversationId, text: 'More' });
  await tell();
  await read(1);
  await tell();
  expect((await list(seller)).unread).toBe(1);
  expect((await outgoing(market, seller)).filter(({ state }) => state === 'queued')).toHaveLength(2);
});
