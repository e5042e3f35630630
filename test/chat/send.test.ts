import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/domain/kernel/index.ts';
import { confirmedUpload } from '../support/disk.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { foldedConversation, say, talk } from './talk.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

test("a message is one event for each side, with the message and the side's own view", async () => {
  const found = await talk(market);
  const { id } = await say(market, found.buyer, { ...found, text: 'Still there?' });
  for (const [user, unread] of [
    [found.buyer, 0],
    [found.seller, 1],
  ] as const) {
    const events = (await market.inboxOf(user)).filter(({ type }) => type === 'message.sent');
    expect(events).toHaveLength(1);
    const { data } = events[0]!;
    expect(data).toMatchObject({ entity: 'conversation', id: found.conversationId, unread, lastSeq: 1 });
    expect(data.change.message).toMatchObject({ id, text: 'Still there?', senderId: found.buyer.id });
    expect(data.lastMessage).toMatchObject({ id, seq: 1, text: 'Still there?' });
  }
});

test('fifty parallel sends of both sides are numbered 1 to 50', async () => {
  const found = await talk(market);
  const sides = [found.buyer, found.seller];
  const sent = await Promise.all(Array.from({ length: 50 }, (_, index) => say(market, sides[index % 2]!, found)));
  const numbers = Array.from({ length: 50 }, (_, index) => index + 1);
  expect(sent.map(({ seq }) => seq).toSorted((a, b) => a - b)).toEqual(numbers);
  const { items } = await market.ok(found.seller, 'messages.list', { ...at(found), after: 0, limit: 100 });
  expect(items.map(({ seq }: { seq: number }) => seq)).toEqual(numbers);
  const times = items.map((message: { at: string }) => message.at);
  expect(times).toEqual(times.toSorted());
  expect(await market.ok(found.buyer, 'conversations.get', at(found))).toMatchObject({ unread: 25, lastSeq: 50 });
});

test('two people who write to each other at once about two things do not deadlock', async () => {
  const [one, other] = [await talk(market), await talk(market)];
  const startedAt = performance.now();
  const sends = Array.from({ length: 40 }, (_, index) => [
    say(market, index % 2 ? one.buyer : one.seller, one),
    say(market, index % 2 ? other.seller : other.buyer, other),
  ]);
  await Promise.all(sends.flat());
  // PostgreSQL looks for deadlocks after a second.
  expect(performance.now() - startedAt).toBeLessThan(20_000);
});

test('one idempotency key in two parallel calls sends one message', async () => {
  const found = await talk(market);
  const input = { ...at(found), kind: 'text', text: 'Once', idempotencyKey: crypto.randomUUID() };
  const [first, second] = await Promise.all([
    market.ok(found.buyer, 'messages.send', input),
    market.ok(found.buyer, 'messages.send', input),
  ]);
  expect(second).toEqual(first);
  expect(await market.ok(found.seller, 'conversations.get', at(found))).toMatchObject({ lastSeq: 1, unread: 1 });
});

test('images that the sender uploaded for chats are shown with their URLs', async () => {
  const found = await talk(market);
  const image = await confirmedUpload(market, found.buyer, { purpose: 'chat' });
  const input = { ...at(found), kind: 'image', imageIds: [image], text: 'The scratch' };
  const { images } = await market.ok(found.buyer, 'messages.send', input);
  expect(images).toEqual([
    { id: image, url: expect.stringContaining('http'), previewUrl: expect.stringContaining('http') },
  ]);
  const { items } = await market.ok(found.seller, 'messages.list', at(found));
  expect(items[0]).toMatchObject({ kind: 'image', text: 'The scratch', images });
});

test("another person's image, one of another purpose and one that never came are refused", async () => {
  const found = await talk(market);
  const send = (imageIds: string[]) =>
    market.fails(found.buyer, 'messages.send', { ...at(found), kind: 'image', imageIds });
  expect(await send([await confirmedUpload(market, found.seller, { purpose: 'chat' })])).toBe('uploads.not_found');
  expect(await send([await confirmedUpload(market, found.buyer, { purpose: 'listing' })])).toBe('uploads.not_found');
  expect(await send([crypto.randomUUID()])).toBe('uploads.not_found');
  const request = { filename: 'a.jpg', contentType: 'image/jpeg', purpose: 'chat' };
  const { uploadId } = await market.ok(found.buyer, 'uploads.presign', request);
  expect(await send([uploadId])).toBe('uploads.not_confirmed');
  expect(await market.ok(found.seller, 'conversations.get', at(found))).toMatchObject({ lastSeq: 0 });
});

test('a reply names a message of the same conversation', async () => {
  const [found, other] = [await talk(market), await talk(market)];
  const { id } = await say(market, found.seller, found);
  const { id: elsewhere } = await say(market, other.seller, other);
  const reply = (replyTo: string) =>
    market.call(found.buyer, 'messages.send', { ...at(found), kind: 'text', text: 'Re', replyTo });
  expect(await reply(id)).toMatchObject({ ok: true, data: { seq: 2, replyTo: id } });
  for (const wrong of [elsewhere, crypto.randomUUID()]) {
    expect(await reply(wrong)).toMatchObject({ ok: false, error: { code: 'messages.not_found' } });
  }
});

test('a text is between 1 and 4,000 characters after trimming', async () => {
  const found = await talk(market);
  for (const text of ['', ' \n\t ', 'x'.repeat(limits.messageTextChars + 1)]) {
    expect(await market.fails(found.buyer, 'messages.send', { ...at(found), kind: 'text', text })).toBe(
      'input.invalid',
    );
  }
  expect(await say(market, found.buyer, { ...found, text: ` ${'x'.repeat(limits.messageTextChars)} ` })).toMatchObject({
    seq: 1,
  });
});

test('a kind takes only its own fields, and the kinds of the server cannot be sent', async () => {
  const found = await talk(market);
  const image = await confirmedUpload(market, found.buyer, { purpose: 'chat' });
  const wrong = [
    { kind: 'text' },
    { kind: 'text', text: 'x', imageIds: [image] },
    { kind: 'image', text: 'x' },
    { kind: 'image', imageIds: [] },
    { kind: 'image', imageIds: Array.from({ length: 11 }, () => image) },
    { kind: 'offer', text: 'x' },
    { kind: 'system', text: 'x' },
    { kind: 'text', text: 'x', senderId: found.seller.id },
  ];
  for (const input of wrong) {
    expect(await market.fails(found.buyer, 'messages.send', { ...at(found), ...input })).toBe('input.invalid');
  }
});

test('hostile text arrives as it was sent, and its preview never ends in half a character', async () => {
  const found = await talk(market);
  const texts = [
    "'; drop table message; --",
    '<script>alert(1)</script>',
    '\\u0000 \\',
    '\u202etxet',
    '%s %00 {}',
    '👩‍👩‍👧‍👦'.repeat(50),
  ];
  for (const text of texts) expect((await say(market, found.buyer, { ...found, text: text })).text).toBe(text);
  for (const text of ['nul \u0000', 'half \ud83d']) {
    expect(await market.fails(found.buyer, 'messages.send', { ...at(found), kind: 'text', text })).toBe(
      'input.invalid',
    );
  }
  const { lastMessage } = await foldedConversation(market, found.seller, found.conversationId);
  expect(lastMessage.text.length).toBeLessThanOrEqual(140);
  expect(lastMessage.text.isWellFormed()).toBe(true);
  expect(lastMessage.text.endsWith('…')).toBe(true);
});

test('a stranger can neither write nor learn that the conversation exists', async () => {
  const found = await talk(market);
  const { id } = await say(market, found.buyer, found);
  const stranger = await market.user();
  const call = (name: string, more = {}) => market.fails(stranger, name, { ...at(found), ...more });
  const calls: [string, object?][] = [
    ['conversations.get'],
    ['conversations.archive'],
    ['conversations.unarchive'],
    ['conversations.mute'],
    ['messages.list'],
    ['messages.markRead', { upToSeq: 1 }],
    ['typing.set'],
    ['messages.send', { kind: 'text', text: 'x' }],
    ['messages.send', { kind: 'text', text: 'x', replyTo: id }],
  ];
  for (const [name, more] of calls) expect(await call(name, more)).toBe('conversations.not_found');
  expect(await market.fails(stranger, 'messages.remove', { messageId: id })).toBe('messages.not_found');
  expect(await market.ok(stranger, 'conversations.list')).toEqual({ items: [], nextCursor: null });
});

const at = ({ conversationId }: { conversationId: string }) => ({ conversationId });
