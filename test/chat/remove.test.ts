import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { age, foldedConversation, say, talk } from './talk.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

test('a removed message leaves a mark without its text, for both sides', async () => {
  const found = await talk(market);
  const { id: messageId } = await say(market, found.buyer, { ...found, text: 'Regretted' });
  expect(await market.ok(found.buyer, 'messages.remove', { messageId })).toMatchObject({
    removed: true,
    text: null,
    seq: 1,
  });
  for (const user of [found.buyer, found.seller]) {
    const { type, data } = (await market.inboxOf(user)).at(-1)!;
    expect(type).toBe('message.removed');
    expect(data.change.message).toMatchObject({ id: messageId, removed: true, text: null });
    expect((await foldedConversation(market, user, found.conversationId)).lastMessage).toMatchObject({
      removed: true,
      text: null,
    });
  }
  const { items } = await market.ok(found.seller, 'messages.list', { conversationId: found.conversationId });
  expect(items).toMatchObject([{ id: messageId, removed: true, text: null }]);
});

test('removing twice tells once', async () => {
  const found = await talk(market);
  const { id: messageId } = await say(market, found.buyer, found);
  await Promise.all([1, 2].map(() => market.ok(found.buyer, 'messages.remove', { messageId })));
  const events = await market.inboxOf(found.seller);
  expect(events.filter(({ type }) => type === 'message.removed')).toHaveLength(1);
});

test('15 minutes after it was sent a message stays', async () => {
  const found = await talk(market);
  const [young, old] = [await say(market, found.buyer, found), await say(market, found.buyer, found)];
  await age(market, young.id, 14.9);
  await age(market, old.id, 15);
  expect(await market.ok(found.buyer, 'messages.remove', { messageId: young.id })).toMatchObject({ removed: true });
  expect(await market.fails(found.buyer, 'messages.remove', { messageId: old.id })).toBe('messages.too_late');
});

test('only the sender removes', async () => {
  const found = await talk(market);
  const { id: messageId } = await say(market, found.buyer, found);
  expect(await market.fails(found.seller, 'messages.remove', { messageId })).toBe('messages.not_own');
  expect(await market.fails(await market.user(), 'messages.remove', { messageId })).toBe('messages.not_found');
});
