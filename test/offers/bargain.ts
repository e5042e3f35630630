import { clockPort, databaseNow, type Sql, type Tx } from '../../src/domain/kernel/index.ts';
import type { Harness, TestUser } from '../support/harness.ts';
import { createListing } from '../support/listings.ts';

/** A negotiable listing and people around it. */
export interface Bargain {
  readonly seller: TestUser;
  readonly buyer: TestUser;
  readonly listingId: string;
}

export async function bargain(market: Harness, fields: Record<string, unknown> = {}): Promise<Bargain> {
  const [seller, buyer] = [await market.user(), await market.user()];
  const { id } = await createListing(market, seller, { negotiable: true, ...fields });
  return { seller, buyer, listingId: id };
}

export async function makeOffer(market: Harness, { buyer, listingId }: Bargain, fields: Record<string, unknown> = {}) {
  return market.ok(buyer, 'offers.make', { listingId, quantity: 1, amountMinor: 8_000, ...fields });
}

/** Runs a function that other areas call in a transaction of its own; its events are dropped. */
export async function within<T>(market: Harness, run: (tx: Tx) => Promise<T>): Promise<T> {
  return market.database.fork().transactional(async (db) => {
    const sql = db.getKysely() as unknown as Sql;
    return run({
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
    });
  });
}

/** Moves the clock so that `now` is this many milliseconds after a deadline; real time then runs on from there. */
export function travelTo(market: Harness, deadline: string, afterMs = 0): void {
  market.clock.offsetMs = Date.parse(deadline) + afterMs - Date.now();
}

/** Puts an offer's deadline into the past for its row alone. */
export async function end(market: Harness, offerId: string): Promise<void> {
  await market.database
    .fork()
    .getConnection()
    .execute(`update offer set deadline = deadline - interval '30 days' where id = ?`, [offerId]);
}

/** Units of the listing that nobody has bought or keeps aside. */
export async function availableUnits(market: Harness, { seller, listingId }: Bargain): Promise<number> {
  return (await market.ok(seller, 'listings.get', { listingId })).available;
}
