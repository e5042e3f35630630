import { afterAll, beforeAll, expect, test } from 'vitest';
import { say, talk, type Talk } from '../chat/talk.ts';
import { bargain, makeOffer } from '../offers/bargain.ts';
import { listingOf, pickup } from '../orders/stall.ts';
import { liveStream } from '../streams/live-stream.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

const block = (by: TestUser, whom: TestUser) => market.ok(by, 'blocks.add', { userId: whom.id });
const word = ({ conversationId }: Talk) => ({ conversationId, kind: 'text', text: 'Hello?' });

/** Both ways round: the first has blocked the second. */
const bothWays = [
  ['the seller', ({ seller, buyer }: { seller: TestUser; buyer: TestUser }) => [seller, buyer]],
  ['the buyer', ({ seller, buyer }: { seller: TestUser; buyer: TestUser }) => [buyer, seller]],
] as const;

test.each(bothWays)('after a block by %s neither writes to the other, in the same words to both', async (_, pair) => {
  const found = await talk(market);
  await say(market, found.buyer, found);
  const [blocker, blocked] = pair(found) as [TestUser, TestUser];
  await block(blocker, blocked);
  for (const side of [blocker, blocked]) {
    expect(await market.fails(side, 'messages.send', word(found))).toBe('conversations.unavailable');
    expect(await market.fails(side, 'typing.set', { conversationId: found.conversationId })).toBe(
      'conversations.unavailable',
    );
    const { items } = await market.ok(side, 'messages.list', { conversationId: found.conversationId });
    expect(items).toHaveLength(1);
  }
  await market.ok(blocker, 'blocks.remove', { userId: blocked.id });
  await say(market, blocked, found);
});

test('a stranger learns nothing of a block from a conversation of others', async () => {
  const found = await talk(market);
  await block(found.seller, found.buyer);
  expect(await market.fails(await market.user(), 'messages.send', word(found))).toBe('conversations.not_found');
});

test('when both have blocked, one letting the other back opens nothing', async () => {
  const found = await talk(market);
  await block(found.seller, found.buyer);
  await block(found.buyer, found.seller);
  await market.ok(found.seller, 'blocks.remove', { userId: found.buyer.id });
  expect(await market.fails(found.seller, 'messages.send', word(found))).toBe('conversations.unavailable');
});

test('a new conversation is refused, an existing one still opens', async () => {
  const found = await talk(market);
  await block(found.seller, found.buyer);
  const listingId = await listingOf(market, found.seller);
  expect(await market.fails(found.buyer, 'conversations.open', { listingId })).toBe('conversations.unavailable');
  const { listing } = await market.ok(found.buyer, 'conversations.get', { conversationId: found.conversationId });
  const again = await market.ok(found.buyer, 'conversations.open', { listingId: listing.id });
  expect(again.id).toBe(found.conversationId);
});

test('no message commits after a block has, however they race', async () => {
  for (let round = 0; round < 8; round += 1) {
    const found = await talk(market);
    let isBlocked = false;
    const sends = Array.from({ length: 6 }, async () => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 15));
      const late = isBlocked;
      const reply = await market.call(found.buyer, 'messages.send', word(found));
      return { late, ok: reply.ok };
    });
    const blocked = block(found.seller, found.buyer).then(async () => {
      isBlocked = true;
      return (await market.ok(found.seller, 'conversations.get', { conversationId: found.conversationId })).lastSeq;
    });
    const [seqAtBlock, ...sent] = await Promise.all([blocked, ...sends]);
    const { lastSeq } = await market.ok(found.seller, 'conversations.get', { conversationId: found.conversationId });
    expect(lastSeq).toBe(seqAtBlock);
    expect(sent.filter(({ ok }) => ok)).toHaveLength(lastSeq);
    expect(sent.filter(({ late, ok }) => late && ok)).toEqual([]);
  }
});

test('offers are neither made, countered, accepted nor checked out; they may still be declined', async () => {
  const deal = await bargain(market);
  const offer = await makeOffer(market, deal);
  const accepted = await bargain(market);
  const { id, round } = await makeOffer(market, accepted);
  await market.ok(accepted.seller, 'offers.accept', { offerId: id, round });
  await block(deal.seller, deal.buyer);
  await block(accepted.buyer, accepted.seller);
  const named = { offerId: offer.id, round: offer.round };
  expect(await market.fails(deal.seller, 'offers.counter', { ...named, amountMinor: 9_500 })).toBe(
    'offers.unavailable',
  );
  expect(await market.fails(deal.seller, 'offers.accept', named)).toBe('offers.unavailable');
  expect(await market.fails(accepted.buyer, 'offers.checkout', { offerId: id, ...pickup })).toBe('offers.unavailable');
  await market.ok(deal.seller, 'offers.decline', named);
  const again = { listingId: deal.listingId, quantity: 1, amountMinor: 9_000 };
  expect(await market.fails(deal.buyer, 'offers.make', again)).toBe('offers.unavailable');
});

test('nothing is bought from one another; an order under way goes on', async () => {
  const [seller, buyer] = [await market.user(), await market.user()];
  const listingId = await listingOf(market, seller);
  const { orders } = await market.ok(buyer, 'orders.place', { listingId, quantity: 1, ...pickup });
  await block(seller, buyer);
  expect(await market.fails(buyer, 'orders.place', { listingId, quantity: 1, ...pickup })).toBe('orders.unavailable');
  await market.ok(buyer, 'orders.cancel', { orderId: orders[0].id });
});

test('reading gives no receipt to the other side while blocked, and does so again afterwards', async () => {
  const found = await talk(market);
  const { conversationId, buyer, seller } = found;
  await say(market, buyer, found);
  await say(market, buyer, found);
  const seen = async () => (await market.ok(buyer, 'conversations.get', { conversationId })).otherReadUpToSeq;
  await market.ok(seller, 'messages.markRead', { conversationId, upToSeq: 1 });
  await block(seller, buyer);
  const before = (await market.inboxOf(buyer)).length;
  expect(await market.ok(seller, 'messages.markRead', { conversationId, upToSeq: 2 })).toMatchObject({
    unread: 0,
    readUpToSeq: 2,
  });
  expect(await seen()).toBe(1);
  expect(await market.inboxOf(buyer)).toHaveLength(before);
  await market.ok(seller, 'blocks.remove', { userId: buyer.id });
  await say(market, buyer, found);
  await market.ok(seller, 'messages.markRead', { conversationId, upToSeq: 3 });
  expect(await seen()).toBe(3);
});

test('neither talks nor reacts in the stream of the other', async () => {
  const { host, streamId } = await liveStream(market);
  const [shunned, shunning] = [await market.user(), await market.user()];
  await block(host, shunned);
  await block(shunning, host);
  for (const viewer of [shunned, shunning]) {
    expect(await market.fails(viewer, 'streams.say', { streamId, text: 'Hi' })).toBe('streams.unavailable');
    expect(await market.fails(viewer, 'streams.react', { streamId, kind: 'heart' })).toBe('streams.unavailable');
  }
});

test('blocking again changes nothing, and only the devices of who blocks hear of it', async () => {
  const [asha, juma] = [await market.user(), await market.user()];
  const first = await block(asha, juma);
  expect(await block(asha, juma)).toEqual(first);
  expect(await market.inboxOf(asha)).toHaveLength(1);
  expect(await market.inboxOf(juma)).toEqual([]);
  expect((await market.ok(juma, 'blocks.list')).items).toEqual([]);
  expect((await market.ok(asha, 'blocks.list')).items).toMatchObject([{ id: first.id, user: { id: juma.id } }]);
  await market.ok(asha, 'blocks.remove', { userId: juma.id });
  expect((await market.inboxOf(asha)).at(-1)?.data).toMatchObject({ id: first.id, version: 2, deleted: true });
  expect((await market.ok(asha, 'sync.snapshot')).state.block).toEqual([]);
});

test('two calls at once make one block', async () => {
  const [asha, juma] = [await market.user(), await market.user()];
  const made = await Promise.all([block(asha, juma), block(asha, juma), block(juma, asha)]);
  expect(made[0].id).toBe(made[1].id);
  expect((await market.ok(asha, 'blocks.list')).items).toHaveLength(1);
});
