import { afterAll, beforeAll, expect, test } from 'vitest';
import { consumeOffer, lockAcceptedOffer, supersedeOffers } from '../../src/domain/offers/index.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { createListing } from '../support/listings.ts';
import { bindTestPorts } from '../support/ports.ts';
import { availableUnits, bargain, makeOffer, within } from './bargain.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

test('of many offers on one unit that are accepted at once exactly one wins', async () => {
  const found = await bargain(market);
  const offers: string[] = [];
  for (let count = 0; count < 8; count += 1) {
    offers.push((await makeOffer(market, { ...found, buyer: await market.user() })).id);
  }
  const replies = await Promise.all(
    offers.map((offerId) => market.call(found.seller, 'offers.accept', { offerId, round: 1 })),
  );
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  const codes = replies.flatMap((reply) => (reply.ok ? [] : [reply.error.code]));
  expect(new Set(codes)).toEqual(new Set(['offers.out_of_stock']));
  expect(await availableUnits(market, found)).toBe(0);
});

test('accepting twice at once keeps units aside once', async () => {
  const found = await bargain(market, { quantity: 5 });
  const { id: offerId } = await makeOffer(market, found, { quantity: 2 });
  const replies = await Promise.all(
    [1, 2, 3].map(() => market.call(found.seller, 'offers.accept', { offerId, round: 1 })),
  );
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  expect(await availableUnits(market, found)).toBe(3);
});

test('a counter that races an accept leaves either, never both', async () => {
  for (let count = 0; count < 6; count += 1) {
    const found = await bargain(market);
    const { id: offerId } = await makeOffer(market, found);
    const [accepted, countered] = await Promise.all([
      market.call(found.seller, 'offers.accept', { offerId, round: 1 }),
      market.call(found.seller, 'offers.counter', { offerId, round: 1, amountMinor: 9_000 }),
    ]);
    expect(accepted.ok).toBe(!countered.ok);
    const offer = await market.ok(found.buyer, 'offers.get', { offerId });
    expect(offer.state).toBe(accepted.ok ? 'accepted' : 'awaiting_buyer');
    expect(offer.rounds).toHaveLength(accepted.ok ? 1 : 2);
    expect(await availableUnits(market, found)).toBe(accepted.ok ? 0 : 1);
  }
});

test('a withdrawal that races an accept leaves either, never both', async () => {
  for (let count = 0; count < 6; count += 1) {
    const found = await bargain(market);
    const { id: offerId } = await makeOffer(market, found);
    const [accepted, withdrawn] = await Promise.all([
      market.call(found.seller, 'offers.accept', { offerId, round: 1 }),
      market.call(found.buyer, 'offers.withdraw', { offerId }),
    ]);
    expect(accepted.ok).toBe(!withdrawn.ok);
    expect(await availableUnits(market, found)).toBe(accepted.ok ? 0 : 1);
  }
});

test('two checkouts of one offer at once: one', async () => {
  const found = await bargain(market);
  const { id: offerId } = await makeOffer(market, found);
  await market.ok(found.seller, 'offers.accept', { offerId, round: 1 });
  const checkOut = () =>
    within(market, async (tx) => {
      const offer = await lockAcceptedOffer(tx, { offerId, buyerId: found.buyer.actor.userId });
      return typeof offer === 'string' ? offer : consumeOffer(tx, offer);
    });
  const results = await Promise.all([checkOut(), checkOut()]);
  expect(results.filter((result) => result === 'offers.wrong_state')).toHaveLength(1);
});

test('selling out ends open offers, spares accepted ones, and does not deadlock with an accept', async () => {
  const found = await bargain(market, { quantity: 2 });
  const [first, second, third] = [
    await makeOffer(market, found),
    await makeOffer(market, { ...found, buyer: await market.user() }),
    await makeOffer(market, { ...found, buyer: await market.user() }),
  ];
  await market.ok(found.seller, 'offers.accept', { offerId: first.id, round: 1 });
  const [reply] = await Promise.all([
    market.call(found.seller, 'offers.accept', { offerId: second.id, round: 1 }),
    within(market, (tx) => supersedeOffers(tx, found.listingId)),
  ]);
  const stateOf = async (offerId: string) => (await market.ok(found.seller, 'offers.get', { offerId })).state;
  expect(await stateOf(first.id)).toBe('accepted');
  expect(await stateOf(second.id)).toBe(reply.ok ? 'accepted' : 'superseded');
  expect(await stateOf(third.id)).toBe('superseded');
});

test('offers and messages of the same people at once do not deadlock', async () => {
  const found = await bargain(market, { quantity: 50 });
  const { id: listingId } = await createListing(market, found.buyer, { negotiable: true });
  const other = { seller: found.buyer, buyer: found.seller, listingId };
  const { id: offerId, conversationId } = await makeOffer(market, found);
  const { id: otherId, conversationId: otherTalk } = await makeOffer(market, other);
  const say = (as: typeof found.buyer, id: string) =>
    market.call(as, 'messages.send', { conversationId: id, kind: 'text', text: 'x' });
  const replies = await Promise.all([
    ...Array.from({ length: 10 }, () => [
      say(found.buyer, conversationId),
      say(found.seller, conversationId),
      say(other.buyer, otherTalk),
    ]).flat(),
    market.call(found.seller, 'offers.accept', { offerId, round: 1 }),
    market.call(other.buyer, 'offers.withdraw', { offerId: otherId }),
  ]);
  expect(replies.filter(({ ok }) => !ok)).toEqual([]);
});
