import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  consumeReservation,
  extendReservation,
  releaseReservation,
  reserve,
  returnStock,
  transferReservation,
  type Holder,
} from '../../src/domain/catalog/index.ts';
import { clockPort, databaseNow, newId, type Sql, type Tx } from '../../src/domain/kernel/index.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { createListing } from '../support/listings.ts';
import { bindTestPorts } from '../support/ports.ts';

let market: Harness;
let seller: TestUser;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  seller = await market.user();
});
afterAll(() => market.close());

const order = (): Holder => ({ kind: 'order', id: newId() });

/** Runs a function of the area in a transaction of its own, as another area's command would. */
async function within<T>(run: (tx: Tx) => Promise<T>): Promise<T> {
  return market.database.fork().transactional(async (db) => {
    const sql = db.getKysely() as unknown as Sql;
    const tx: Tx = {
      db,
      sql,
      clock: market.clock,
      now: () => databaseNow(sql, market.ports.get(clockPort)),
      port: (port) => market.ports.get(port),
      emit: () => {},
      publish: () => {},
      evict: () => {},
      nudge: () => {},
      audit: () => {},
    };
    return run(tx);
  });
}

const inAnHour = () => new Date(Date.now() + market.clock.offsetMs + 3_600_000);

function keep(listingId: string, quantity: number, holder: Holder = order()): Promise<boolean> {
  return within((tx) => reserve(tx, { listingId, quantity, holder, expiresAt: inAnHour() }));
}

const stockOf = async (listingId: string): Promise<[quantity: number, reserved: number, state: string]> => {
  const { items } = await market.ok(seller, 'listings.mine', { limit: 100 });
  const { quantity, reserved, state } = items.find(({ id }: { id: string }) => id === listingId);
  return [quantity, reserved, state];
};

test('parallel reservations of the last unit give it to exactly one', async () => {
  const { id } = await createListing(market, seller);
  const results = await Promise.all(Array.from({ length: 20 }, () => keep(id, 1)));
  expect(results.filter(Boolean)).toHaveLength(1);
  expect(await stockOf(id)).toEqual([1, 1, 'active']);
});

test('two lines of one holder on one listing are summed', async () => {
  const { id } = await createListing(market, seller, { quantity: 3 });
  const holder = order();
  const kept = await within(async (tx) => [
    await reserve(tx, { listingId: id, quantity: 2, holder, expiresAt: inAnHour() }),
    await reserve(tx, { listingId: id, quantity: 2, holder, expiresAt: inAnHour() }),
    await reserve(tx, { listingId: id, quantity: 1, holder, expiresAt: inAnHour() }),
  ]);
  expect(kept).toEqual([true, false, true]);
  expect(await stockOf(id)).toEqual([3, 3, 'active']);
});

test('only what is on sale can be reserved', async () => {
  const draft = await createListing(market, seller, { draft: true });
  const paused = await createListing(market, seller);
  await market.ok(seller, 'listings.pause', { listingId: paused.id });
  expect(await keep(draft.id, 1)).toBe(false);
  expect(await keep(paused.id, 1)).toBe(false);
  expect(await keep(newId(), 1)).toBe(false);
});

test('a released reservation is available again, and releasing twice is harmless', async () => {
  const { id } = await createListing(market, seller);
  const holder = order();
  await keep(id, 1, holder);
  await within((tx) => releaseReservation(tx, holder));
  await within((tx) => releaseReservation(tx, holder));
  expect(await stockOf(id)).toEqual([1, 0, 'active']);
  expect(await within((tx) => consumeReservation(tx, holder))).toBeNull();
  expect(await keep(id, 1)).toBe(true);
});

test('consuming sells the units, once, and the last unit sells the listing out', async () => {
  const { id } = await createListing(market, seller, { quantity: 2 });
  const [first, second] = [order(), order()];
  await keep(id, 1, first);
  await keep(id, 1, second);
  expect(await within((tx) => consumeReservation(tx, first))).toEqual([{ listingId: id, quantity: 1, soldOut: false }]);
  expect(await within((tx) => consumeReservation(tx, first))).toBeNull();
  expect(await within((tx) => consumeReservation(tx, second))).toEqual([{ listingId: id, quantity: 1, soldOut: true }]);
  expect(await stockOf(id)).toEqual([0, 0, 'sold_out']);
  await within((tx) => returnStock(tx, { listingId: id, quantity: 1 }));
  expect(await stockOf(id)).toEqual([1, 0, 'active']);
});

test('a removed listing can still be sold to who reserved it', async () => {
  const { id } = await createListing(market, seller);
  const holder = order();
  await keep(id, 1, holder);
  await market.ok(seller, 'listings.remove', { listingId: id });
  expect(await within((tx) => consumeReservation(tx, holder))).toEqual([
    { listingId: id, quantity: 1, soldOut: false },
  ]);
});

test('an expired reservation gives way to the next buyer even when no job ran', async () => {
  const { id } = await createListing(market, seller);
  const late = order();
  await keep(id, 1, late);
  market.clock.offsetMs += 2 * 3_600_000;
  expect(await keep(id, 1)).toBe(true);
  expect(await within((tx) => consumeReservation(tx, late))).toBeNull();
});

test('an expired reservation that nobody took over can still be consumed', async () => {
  const { id } = await createListing(market, seller);
  const holder = order();
  await keep(id, 1, holder);
  market.clock.offsetMs += 2 * 3_600_000;
  expect(await within((tx) => consumeReservation(tx, holder))).toHaveLength(1);
});

test('an extended reservation survives the sweep, others are given back', async () => {
  const kept = await createListing(market, seller);
  const lost = await createListing(market, seller);
  const [holder, other] = [order(), order()];
  await keep(kept.id, 1, holder);
  await keep(lost.id, 1, other);
  const expiresAt = new Date(inAnHour().getTime() + 3 * 3_600_000);
  expect(await within((tx) => extendReservation(tx, { holder, expiresAt }))).toBe(true);
  market.clock.offsetMs += 2 * 3_600_000;
  await market.runJob('listings.releaseReservations');
  expect(await stockOf(kept.id)).toEqual([1, 1, 'active']);
  expect(await stockOf(lost.id)).toEqual([1, 0, 'active']);
  expect(await within((tx) => extendReservation(tx, { holder: other, expiresAt }))).toBe(false);
});

test('a transferred reservation belongs to the new holder alone', async () => {
  const { id } = await createListing(market, seller);
  const offer: Holder = { kind: 'offer', id: newId() };
  const holder = order();
  await keep(id, 1, offer);
  expect(await within((tx) => transferReservation(tx, { from: offer, to: holder, expiresAt: inAnHour() }))).toBe(true);
  expect(await within((tx) => consumeReservation(tx, offer))).toBeNull();
  expect(await within((tx) => consumeReservation(tx, holder))).toHaveLength(1);
});

test('a holder who lost one of two listings cannot consume half, and may reserve both anew', async () => {
  const [one, two] = [await createListing(market, seller), await createListing(market, seller)];
  const holder = order();
  await keep(one.id, 1, holder);
  await keep(two.id, 1, holder);
  market.clock.offsetMs += 2 * 3_600_000;
  const thief = order();
  expect(await keep(two.id, 1, thief)).toBe(true);
  expect(await within((tx) => consumeReservation(tx, holder))).toBeNull();
  expect(await stockOf(one.id)).toEqual([1, 1, 'active']);
  await within((tx) => releaseReservation(tx, thief));
  const again = await within(async (tx) => {
    await releaseReservation(tx, holder);
    const results = [];
    for (const listingId of [one.id, two.id].toSorted()) {
      results.push(await reserve(tx, { listingId, quantity: 1, holder, expiresAt: inAnHour() }));
    }
    return results;
  });
  expect(again).toEqual([true, true]);
  expect(await within((tx) => consumeReservation(tx, holder))).toHaveLength(2);
});

test('random reserving, releasing, expiring and consuming never oversells, and the sum stays right', async () => {
  const listings = [
    await createListing(market, seller, { quantity: 5 }),
    await createListing(market, seller, { quantity: 3 }),
  ];
  const holders = Array.from({ length: 8 }, order);
  const steps = Array.from({ length: 60 }, (_, step) => async () => {
    const holder = holders[step % holders.length] as Holder;
    if (step % 5 === 3) return within((tx) => releaseReservation(tx, holder));
    if (step % 5 === 4) return within((tx) => consumeReservation(tx, holder));
    return keep(listings[step % 2]?.id as string, 1 + (step % 2), holder);
  });
  await Promise.all(steps.map((step) => step()));
  const rows = await market.database.orm.em
    .getConnection()
    .execute<{ total: number; reserved: number; kept: number }[]>(
      `
    select l.quantity + coalesce(sum(r.quantity) filter (where r.consumed_at is not null), 0)::int as total, l.reserved,
           coalesce(sum(r.quantity) filter (where r.consumed_at is null and r.released_at is null), 0)::int as kept
    from listing l left join reservation r on r.listing_id = l.id
    where l.id in (?, ?) group by l.id order by 1`,
      listings.map(({ id }) => id),
    );
  expect(rows.map(({ total }) => total)).toEqual([3, 5]);
  for (const { reserved, kept } of rows) expect(reserved).toBe(kept);
});
