import { afterAll, beforeAll, expect, test } from 'vitest';
import { amountMinorMax } from '../../src/domain/kernel/index.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { bargain, makeOffer, travelTo } from './bargain.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

test('a buyer cannot accept their own price, nor a seller theirs', async () => {
  const { seller, buyer, listingId } = await bargain(market);
  const { id: offerId } = await makeOffer(market, { seller, buyer, listingId });
  expect(await market.fails(buyer, 'offers.accept', { offerId, round: 1 })).toBe('offers.not_your_turn');
  await market.ok(seller, 'offers.counter', { offerId, round: 1, amountMinor: 9_000 });
  expect(await market.fails(seller, 'offers.accept', { offerId, round: 2 })).toBe('offers.not_your_turn');
  expect(await market.ok(buyer, 'offers.accept', { offerId, round: 2 })).toMatchObject({
    state: 'accepted',
    amountMinor: 9_000,
  });
});

test('accepting, countering or declining an old round is stale', async () => {
  const found = await bargain(market);
  const { id: offerId } = await makeOffer(market, found);
  await market.ok(found.seller, 'offers.counter', { offerId, round: 1, amountMinor: 9_000 });
  await market.ok(found.buyer, 'offers.counter', { offerId, round: 2, amountMinor: 8_500 });
  for (const round of [1, 2, 4, 2 ** 50]) {
    expect(await market.fails(found.seller, 'offers.accept', { offerId, round })).toBe('offers.stale');
    expect(await market.fails(found.seller, 'offers.decline', { offerId, round })).toBe('offers.stale');
    const counter = { offerId, round, amountMinor: 1 };
    expect(await market.fails(found.seller, 'offers.counter', counter)).toBe('offers.stale');
  }
});

test('every round stays readable, one stands, and each is shown in the conversation', async () => {
  const found = await bargain(market, { quantity: 3 });
  const { id: offerId, conversationId } = await makeOffer(market, found, { quantity: 2, message: 'For both?' });
  await market.ok(found.seller, 'offers.counter', { offerId, round: 1, amountMinor: 9_000 });
  const accepted = await market.ok(found.buyer, 'offers.accept', { offerId, round: 2 });
  expect(accepted).toMatchObject({
    state: 'accepted',
    turn: null,
    round: 2,
    quantity: 2,
    amountMinor: 9_000,
    totalMinor: 18_000,
    role: 'buyer',
    rounds: [
      { round: 1, by: 'buyer', amountMinor: 8_000, message: 'For both?' },
      { round: 2, by: 'seller', amountMinor: 9_000, message: null },
    ],
    allowedActions: ['offers.checkout'],
  });
  const { items } = await market.ok(found.seller, 'messages.list', { conversationId, after: 0 });
  expect(items).toMatchObject([
    {
      kind: 'offer',
      senderId: found.buyer.id,
      text: 'For both?',
      about: { id: offerId, move: 'make', round: 1, amountMinor: 8_000 },
    },
    { kind: 'offer', senderId: found.seller.id, text: null, about: { move: 'counter', round: 2, amountMinor: 9_000 } },
    { kind: 'offer', senderId: found.buyer.id, about: { move: 'accept', round: 2, quantity: 2, currency: 'AED' } },
  ]);
});

test('both sides get their own view of each move, and what happened', async () => {
  const found = await bargain(market);
  const { id } = await makeOffer(market, found);
  for (const [user, role, actions] of [
    [found.buyer, 'buyer', ['offers.withdraw']],
    [found.seller, 'seller', ['offers.counter', 'offers.accept', 'offers.decline']],
  ] as const) {
    const { data } = (await market.inboxOf(user)).find(({ type }) => type === 'offer.changed')!;
    expect(data).toMatchObject({
      entity: 'offer',
      id,
      role,
      turn: 'seller',
      allowedActions: actions,
      change: { move: 'make', by: 'buyer', amountMinor: 8_000 },
    });
    expect(data).not.toHaveProperty('serverNow');
  }
});

test('a buyer has one live offer on a listing, also when making two at once', async () => {
  const found = await bargain(market);
  const input = { listingId: found.listingId, quantity: 1, amountMinor: 8_000 };
  const replies = await Promise.all(Array.from({ length: 5 }, () => market.call(found.buyer, 'offers.make', input)));
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  const codes = replies.map((reply) => (reply.ok ? null : reply.error.code)).filter((code) => code !== null);
  expect(new Set(codes)).toEqual(new Set(['offers.already_open']));
  const { items } = await market.ok(found.buyer, 'offers.list', { as: 'buyer', listingId: found.listingId });
  await market.ok(found.seller, 'offers.decline', { offerId: items[0].id, round: 1 });
  expect(await market.ok(found.buyer, 'offers.make', input)).toMatchObject({ state: 'awaiting_seller', round: 1 });
});

test('an offer past its deadline does not wait for a sweep to make room for the next one', async () => {
  const found = await bargain(market);
  const first = await makeOffer(market, found);
  travelTo(market, first.deadline);
  const second = await makeOffer(market, found);
  expect(await market.ok(found.buyer, 'offers.get', { offerId: first.id })).toMatchObject({ state: 'expired' });
  const accepted = await market.ok(found.seller, 'offers.accept', { offerId: second.id, round: 1 });
  travelTo(market, accepted.deadline);
  await makeOffer(market, found);
  expect(await market.ok(found.buyer, 'offers.get', { offerId: second.id })).toMatchObject({ state: 'lapsed' });
  market.clock.offsetMs = 0;
});

test('an offer beyond the stock, too large or malformed is refused', async () => {
  const found = await bargain(market, { quantity: 2 });
  const make = (fields: object) =>
    market.call(found.buyer, 'offers.make', { listingId: found.listingId, quantity: 1, amountMinor: 1, ...fields });
  expect(await make({ quantity: 3 })).toMatchObject({ error: { code: 'offers.out_of_stock' } });
  expect(await make({ quantity: 2, amountMinor: amountMinorMax })).toMatchObject({
    error: { code: 'offers.too_large' },
  });
  const invalid = [
    { quantity: 0 },
    { quantity: 1.5 },
    { quantity: 1_001 },
    { quantity: '1' },
    { amountMinor: 0 },
    { amountMinor: -1 },
    { amountMinor: 0.5 },
    { amountMinor: amountMinorMax + 1 },
    { message: 'x'.repeat(501) },
    { message: ' ' },
    { expiresInHours: 0 },
    { expiresInHours: 169 },
    { currency: 'USD' },
  ];
  for (const fields of invalid) expect(await make(fields)).toMatchObject({ error: { code: 'input.invalid' } });
});

test('a counter that would make the total too large is refused and changes nothing', async () => {
  const found = await bargain(market, { quantity: 2 });
  const { id: offerId, version } = await makeOffer(market, found, { quantity: 2 });
  const counter = { offerId, round: 1, amountMinor: amountMinorMax };
  expect(await market.fails(found.seller, 'offers.counter', counter)).toBe('offers.too_large');
  expect(await market.ok(found.buyer, 'offers.get', { offerId })).toMatchObject({ version, round: 1 });
});

test('offers are listed for each side, by state, in pages', async () => {
  const found = await bargain(market);
  const buyers = [found.buyer, await market.user(), await market.user()];
  for (const buyer of buyers) await makeOffer(market, { ...found, buyer });
  const first = await market.ok(found.seller, 'offers.list', { as: 'seller', limit: 2 });
  const rest = await market.ok(found.seller, 'offers.list', { as: 'seller', limit: 2, cursor: first.nextCursor });
  const pages = [...first.items, ...rest.items];
  expect(pages.map(({ otherUserId }) => otherUserId)).toEqual(buyers.map(({ id }) => id).toReversed());
  expect(rest.nextCursor).toBeNull();
  await market.ok(found.seller, 'offers.decline', { offerId: pages[0].id, round: 1 });
  const list = (as: 'buyer' | 'seller', state: string) => market.ok(found.seller, 'offers.list', { as, state });
  expect((await list('seller', 'declined')).items).toMatchObject([
    { id: pages[0].id, listing: { id: found.listingId } },
  ]);
  expect((await list('seller', 'awaiting_seller')).items).toHaveLength(2);
  expect((await list('buyer', 'awaiting_seller')).items).toEqual([]);
});

test('a stranger learns of no offer', async () => {
  const found = await bargain(market);
  const { id: offerId } = await makeOffer(market, found);
  const stranger = await market.user();
  const calls: [string, object?][] = [
    ['get'],
    ['withdraw'],
    ['accept', { round: 1 }],
    ['decline', { round: 1 }],
    ['counter', { round: 1, amountMinor: 1 }],
  ];
  for (const [verb, more] of calls) {
    expect(await market.fails(stranger, `offers.${verb}`, { offerId, ...more })).toBe('offers.not_found');
  }
});
