import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/domain/kernel/index.ts';
import { consumeOffer, lockAcceptedOffer } from '../../src/domain/offers/index.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { availableUnits, bargain, makeOffer, travelTo, within } from './bargain.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

const hour = 3_600_000;

test('an offer stands for 48 hours, or as long as its maker says', async () => {
  const found = await bargain(market);
  const { id: offerId, deadline, createdAt } = await makeOffer(market, found, { expiresInHours: 2 });
  expect(Date.parse(deadline) - Date.parse(createdAt)).toBe(2 * hour);
  const calledAt = Date.now();
  const countered = await market.ok(found.seller, 'offers.counter', { offerId, round: 1, amountMinor: 9_000 });
  expect(Date.parse(countered.deadline) - Date.parse(countered.updatedAt)).toBe(48 * hour);
  expect(Date.parse(countered.serverNow)).toBeGreaterThan(calledAt - 1_000);
  expect(Date.parse(countered.serverNow)).toBeLessThan(Date.now() + 1_000);
});

test('at the deadline and 1 ms after it every move is refused, swept or not', async () => {
  for (const afterMs of [0, 1]) {
    const found = await bargain(market);
    const { id: offerId, deadline } = await makeOffer(market, found);
    travelTo(market, deadline, afterMs);
    expect(await market.fails(found.seller, 'offers.accept', { offerId, round: 1 })).toBe('offers.expired');
    expect(await market.fails(found.seller, 'offers.decline', { offerId, round: 1 })).toBe('offers.expired');
    const counter = { offerId, round: 1, amountMinor: 9_000 };
    expect(await market.fails(found.seller, 'offers.counter', counter)).toBe('offers.expired');
    expect(await market.fails(found.buyer, 'offers.withdraw', { offerId })).toBe('offers.expired');
    market.clock.offsetMs = 0;
  }
});

test('accepts that arrive around the deadline succeed exactly when the database reads a time before it', async () => {
  // Where the machine stood still over the whole deadline nothing is seen: then it is come up to from further away.
  for (let leadMs = 400, before = 0, after = 0; before === 0 || after === 0; leadMs *= 4) {
    const { deadline, replies } = await acceptAround(leadMs);
    const accepted = replies.flatMap(({ reply }) => (reply.ok ? [reply.data as { updatedAt: string }] : []));
    expect(accepted.filter(({ updatedAt }) => updatedAt >= deadline)).toEqual([]);
    expect(replies.filter(({ late, reply }) => late && reply.ok)).toEqual([]);
    const codes = replies.flatMap(({ reply }) => (reply.ok ? [] : [reply.error.code]));
    // On a slow machine some find no connection in time: nothing was decided on them.
    const refused = codes.filter((code) => code !== 'server.unavailable');
    expect(refused.filter((code) => code !== 'offers.expired')).toEqual([]);
    before += accepted.length;
    after += refused.length;
  }
});

/** Accepts two dozen offers one after another, from so long before their deadline to almost as long after it. */
async function acceptAround(leadMs: number) {
  const found = await bargain(market, { quantity: 40 });
  const { deadline } = await makeOffer(market, found, { expiresInHours: 1 });
  const offers = await Promise.all(
    Array.from({ length: 24 }, async () => {
      const { id } = await makeOffer(market, { ...found, buyer: await market.user() });
      // One deadline for all; the clock then runs over it in real time.
      await market.database
        .fork()
        .getConnection()
        .execute('update offer set deadline = ? where id = ?', [deadline, id]);
      return id as string;
    }),
  );
  travelTo(market, deadline, -leadMs);
  const replies = await Promise.all(
    offers.map(async (offerId, index) => {
      await new Promise((resolve) => setTimeout(resolve, (index * leadMs * 3) / 40));
      const late = Date.now() + market.clock.offsetMs > Date.parse(deadline);
      return { late, reply: await market.call(found.seller, 'offers.accept', { offerId, round: 1 }) };
    }),
  );
  market.clock.offsetMs = 0;
  return { deadline, replies };
}

test('the sweep expires due offers once, tells both sides, and running it twice changes nothing', async () => {
  const found = await bargain(market);
  const { id: offerId, deadline } = await makeOffer(market, found);
  await market.runJob('offers.expire');
  expect(await market.ok(found.buyer, 'offers.get', { offerId })).toMatchObject({ state: 'awaiting_seller' });
  travelTo(market, deadline);
  await Promise.all([market.runJob('offers.expire'), market.runJob('offers.expire')]);
  await market.runJob('offers.expire');
  for (const user of [found.buyer, found.seller]) {
    const events = (await market.inboxOf(user)).filter(({ data }) => data.change?.move === 'expire');
    expect(events).toHaveLength(1);
    expect(events[0]!.data).toMatchObject({
      id: offerId,
      state: 'expired',
      deadline: null,
      allowedActions: [],
      turn: null,
    });
  }
  market.clock.offsetMs = 0;
});

test('one sweep ends more offers than fit a batch', async () => {
  const found = await bargain(market);
  const { id, deadline } = await makeOffer(market, found);
  await copyOffer(id, limits.sweepBatch * 2);
  travelTo(market, deadline);
  await market.runJob('offers.expire');
  market.clock.offsetMs = 0;
  const { items } = await market.ok(found.seller, 'offers.list', { as: 'seller', state: 'awaiting_seller' });
  expect(items).toEqual([]);
  const expired = (await market.inboxOf(found.seller)).filter(({ data }) => data.change?.move === 'expire');
  expect(expired).toHaveLength(1 + limits.sweepBatch * 2);
});

/** The same offer by as many other people. */
async function copyOffer(id: string, copies: number): Promise<void> {
  const kept = 'seller_id, quantity, currency, state, round, deadline, version, created_at, updated_at';
  const statement = `
    with people as (
      insert into account (id, email, full_name, market_role, roles, version, created_at, updated_at)
      select one, one || '@example.test', 'Copy', 'both', '{}', 1, now(), now()
      from (select gen_random_uuid() as one from generate_series(1, ${copies})) as ids returning id
    ), copied as (
      insert into offer (id, listing_id, conversation_id, buyer_id, ${kept})
      select gen_random_uuid(), listing_id, conversation_id, people.id, ${kept}
      from offer, (select id from people) as people where offer.id = ? returning id
    )
    insert into offer_round (offer_id, round, by_side, amount_minor, at)
    select id, 1, 'buyer', 8000, now() from copied`;
  await market.database.fork().getConnection().execute(statement, [id]);
}

test('an expiry that races an accept leaves one outcome that both sides agree on', async () => {
  for (let round = 0; round < 6; round += 1) {
    const found = await bargain(market);
    const { id: offerId, deadline } = await makeOffer(market, found);
    travelTo(market, deadline, -4);
    const [reply] = await Promise.all([
      market.call(found.seller, 'offers.accept', { offerId, round: 1 }),
      new Promise((resolve) => setTimeout(resolve, round)).then(() => market.runJob('offers.expire')),
    ]);
    await market.runJob('offers.expire');
    market.clock.offsetMs = 0;
    const { state } = await market.ok(found.buyer, 'offers.get', { offerId });
    expect(state).toBe(reply.ok ? 'accepted' : 'expired');
    expect(await availableUnits(market, found)).toBe(reply.ok ? 0 : 1);
  }
});

test('an accepted offer that is not checked out in 15 minutes lapses and gives its units back', async () => {
  const found = await bargain(market, { quantity: 3 });
  const { id: offerId } = await makeOffer(market, found, { quantity: 2 });
  const accepted = await market.ok(found.seller, 'offers.accept', { offerId, round: 1 });
  expect(Date.parse(accepted.deadline) - Date.parse(accepted.updatedAt)).toBe(15 * 60_000);
  expect(await availableUnits(market, found)).toBe(1);
  await market.runJob('offers.lapse');
  expect(await availableUnits(market, found)).toBe(1);
  travelTo(market, accepted.deadline);
  const { actor } = found.buyer;
  const late = await within(market, (tx) => lockAcceptedOffer(tx, { offerId, buyerId: actor.userId }));
  expect(late).toBe('offers.expired');
  await Promise.all([
    market.runJob('offers.lapse'),
    market.runJob('offers.lapse'),
    market.runJob('listings.releaseReservations'),
  ]);
  market.clock.offsetMs = 0;
  expect(await availableUnits(market, found)).toBe(3);
  const lapses = (await market.inboxOf(found.buyer)).filter(({ data }) => data.change?.move === 'lapse');
  expect(lapses).toHaveLength(1);
  expect(lapses[0]!.data).toMatchObject({ state: 'lapsed', deadline: null });
});

test('an offer that was checked out does not lapse', async () => {
  const found = await bargain(market);
  const { id: offerId } = await makeOffer(market, found);
  const { deadline } = await market.ok(found.seller, 'offers.accept', { offerId, round: 1 });
  const terms = await within(market, async (tx) => {
    const offer = await lockAcceptedOffer(tx, { offerId, buyerId: found.buyer.actor.userId });
    if (typeof offer === 'string') throw new Error(offer);
    return consumeOffer(tx, offer);
  });
  const { listingId, seller } = found;
  expect(terms).toEqual({
    offerId,
    listingId,
    sellerId: seller.id,
    quantity: 1,
    unitPriceMinor: 8_000,
    currency: 'AED',
  });
  travelTo(market, deadline);
  await market.runJob('offers.lapse');
  market.clock.offsetMs = 0;
  expect(await market.ok(found.buyer, 'offers.get', { offerId })).toMatchObject({
    state: 'consumed',
    allowedActions: [],
  });
});
