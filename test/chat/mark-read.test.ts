import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { foldedConversation, say, talk, type Talk } from './talk.ts';

let market: Harness;
let found: Talk;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  found = await talk(market);
  for (let count = 0; count < 4; count += 1) await say(market, found.buyer, found);
});
afterAll(() => market.close());

const markRead = (upToSeq: number) =>
  market.ok(found.seller, 'messages.markRead', { conversationId: found.conversationId, upToSeq });

test('reading counts down what is unread and gives the other side a receipt', async () => {
  expect(await markRead(3)).toMatchObject({ unread: 1, readUpToSeq: 3 });
  expect(await foldedConversation(market, found.seller, found.conversationId)).toMatchObject({
    unread: 1,
    readUpToSeq: 3,
  });
  expect(await foldedConversation(market, found.buyer, found.conversationId)).toMatchObject({ otherReadUpToSeq: 3 });
});

test('reading never goes back', async () => {
  const before = (await market.inboxOf(found.buyer)).length;
  expect(await markRead(1)).toMatchObject({ unread: 1, readUpToSeq: 3 });
  expect(await market.inboxOf(found.buyer)).toHaveLength(before);
});

test('reading past the end stops at the newest message', async () => {
  expect(await markRead(2 ** 40)).toMatchObject({ unread: 0, readUpToSeq: 4 });
});

test('own messages are never unread', async () => {
  await say(market, found.seller, found);
  await say(market, found.buyer, found);
  await say(market, found.seller, found);
  expect(await market.ok(found.seller, 'conversations.get', { conversationId: found.conversationId })).toMatchObject({
    unread: 1,
  });
  expect(await markRead(5)).toMatchObject({ unread: 1, readUpToSeq: 5 });
});

test('parallel readings leave the furthest', async () => {
  await Promise.all([7, 5, 6, 7, 1].map(markRead));
  expect(await markRead(0)).toMatchObject({ unread: 0, readUpToSeq: 7 });
});
