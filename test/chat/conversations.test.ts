import { afterAll, beforeAll, expect, test } from 'vitest';
import { conversationPartners } from '../../src/domain/chat/index.ts';
import type { Sql } from '../../src/domain/kernel/index.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { createListing } from '../support/listings.ts';
import { bindTestPorts } from '../support/ports.ts';
import { foldedConversation, say, talk } from './talk.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

test('a buyer has one conversation about a listing, however often it is opened at once', async () => {
  const [seller, buyer] = [await market.user(), await market.user()];
  const { id: listingId, title } = await createListing(market, seller);
  const opened = await Promise.all([1, 2, 3].map(() => market.ok(buyer, 'conversations.open', { listingId })));
  expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
  expect(opened[0]).toMatchObject({
    subject: title,
    role: 'buyer',
    otherUserId: seller.id,
    other: { id: seller.id },
    listing: { id: listingId },
  });
});

test('nobody talks with themselves, nor about what they may not see', async () => {
  const [seller, buyer] = [await market.user(), await market.user()];
  const { id: listingId } = await createListing(market, seller);
  expect(await market.fails(seller, 'conversations.open', { listingId })).toBe('conversations.own_listing');
  await market.ok(seller, 'listings.remove', { listingId });
  expect(await market.fails(buyer, 'conversations.open', { listingId })).toBe('listings.not_found');
});

test('a conversation outlives its listing', async () => {
  const [seller, buyer] = [await market.user(), await market.user()];
  const { id: listingId } = await createListing(market, seller);
  const { id } = await market.ok(buyer, 'conversations.open', { listingId });
  await market.ok(seller, 'listings.remove', { listingId });
  expect(await market.ok(buyer, 'conversations.open', { listingId })).toMatchObject({ id });
});

test('a seller hears of a conversation with its first message', async () => {
  const found = await talk(market);
  expect(await foldedConversation(market, found.seller, found.conversationId)).toBeUndefined();
  expect((await market.ok(found.seller, 'conversations.list')).items).toEqual([]);
  await say(market, found.buyer, found);
  expect((await market.ok(found.seller, 'conversations.list')).items).toMatchObject([
    { id: found.conversationId, unread: 1 },
  ]);
});

test('archiving and muting concern one side, and a message brings the conversation back', async () => {
  const { seller, buyer, conversationId } = await talk(market);
  await say(market, buyer, { conversationId });
  const before = (await market.inboxOf(buyer)).length;
  expect(await market.ok(seller, 'conversations.archive', { conversationId })).toMatchObject({ archived: true });
  expect(await market.ok(seller, 'conversations.mute', { conversationId })).toMatchObject({ muted: true });
  expect((await market.ok(seller, 'conversations.list')).items).toEqual([]);
  expect((await market.ok(seller, 'conversations.list', { archived: true })).items).toHaveLength(1);
  expect(await market.inboxOf(buyer)).toHaveLength(before);
  await say(market, buyer, { conversationId });
  expect(await foldedConversation(market, seller, conversationId)).toMatchObject({
    archived: false,
    muted: true,
    unread: 2,
  });
  expect(await market.ok(seller, 'conversations.mute', { conversationId, muted: false })).toMatchObject({
    muted: false,
  });
});

test('pages of conversations follow activity without gap or repetition', async () => {
  const user = await market.user();
  const ids: string[] = [];
  for (let index = 0; index < 7; index += 1) {
    const asSeller = index % 2 === 1;
    const [seller, buyer] = asSeller ? [user, await market.user()] : [await market.user(), user];
    const { id: listingId } = await createListing(market, seller);
    const { id: conversationId } = await market.ok(buyer, 'conversations.open', { listingId });
    await say(market, buyer, { conversationId });
    ids.unshift(conversationId);
  }
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await market.ok(user, 'conversations.list', { limit: 2, ...(cursor && { cursor }) });
    seen.push(...page.items.map(({ id }: { id: string }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(seen).toEqual(ids);
});

test('messages page downwards from the newest and upwards from a number', async () => {
  const found = await talk(market);
  for (let count = 0; count < 5; count += 1) await say(market, found.buyer, found);
  const { conversationId } = found;
  const list = async (input: object) => {
    const { items, nextCursor } = await market.ok(found.seller, 'messages.list', { conversationId, ...input });
    return { seqs: items.map(({ seq }: { seq: number }) => seq), cursor: nextCursor };
  };
  const newest = await list({ limit: 3 });
  expect(newest.seqs).toEqual([5, 4, 3]);
  expect(await list({ limit: 3, cursor: newest.cursor })).toEqual({ seqs: [2, 1], cursor: null });
  const missed = await list({ after: 1, limit: 2 });
  expect(missed.seqs).toEqual([2, 3]);
  expect(await list({ after: 1, limit: 2, cursor: missed.cursor })).toEqual({ seqs: [4, 5], cursor: null });
});

test('typing is signalled to the other side only, for five seconds, and stored nowhere', async () => {
  const found = await talk(market);
  market.delivered.length = 0;
  const calledAt = Date.now();
  const { until } = await market.ok(found.buyer, 'typing.set', { conversationId: found.conversationId });
  const data = { conversationId: found.conversationId, userId: found.buyer.id, until };
  expect(market.delivered.flatMap(({ signals }) => signals)).toEqual([
    { to: `user:${found.seller.id}`, type: 'typing', data },
  ]);
  expect(market.delivered.flatMap(({ inbox }) => inbox)).toEqual([]);
  expect(Date.parse(until)).toBeGreaterThan(calledAt + 4_000);
  expect(Date.parse(until)).toBeLessThan(Date.now() + 6_000);
});

test('partners are the people one shares a conversation with, on either side', async () => {
  const found = await talk(market);
  const stranger = await market.user();
  const db = market.database.fork().getKysely() as unknown as Sql;
  const ids = [found.buyer.id, found.seller.id, stranger.id];
  expect(await conversationPartners(db, found.buyer.id, ids)).toEqual(new Set([found.seller.id]));
  expect(await conversationPartners(db, found.seller.id, ids)).toEqual(new Set([found.buyer.id]));
  expect(await conversationPartners(db, stranger.id, ids)).toEqual(new Set());
  expect(await conversationPartners(db, found.buyer.id, [])).toEqual(new Set());
});
