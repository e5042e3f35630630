import { sql } from 'kysely';
import { z } from 'zod';
import { defineCommand, defineSweep } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { limits } from '../kernel/limits.ts';
import { favouriteChanged, listingChanged, listingUpdated } from './events.ts';
import { lockListing, releaseExpired } from './stock.ts';

export const releaseReservations = defineCommand({
  name: 'listings.releaseReservations',
  access: 'system',
  summary: 'Give back reserved units whose time is over, one batch of listings at a time.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  emits: [listingChanged, listingUpdated, favouriteChanged],
  async run({ tx }) {
    const now = (await tx.now()).toISOString();
    const { rows } = await sql<{ id: string }>`
      select id from listing where id in (
        select listing_id from reservation
        where released_at is null and consumed_at is null and expires_at <= ${now}::timestamptz
        order by expires_at limit ${limits.sweepBatch}
      )
      order by id for update skip locked`.execute(tx.sql);
    for (const { id } of rows) {
      const listing = await lockListing(tx, id);
      assert(listing, `listing ${id} is locked`);
      await releaseExpired(tx, listing);
    }
    return { swept: rows.length };
  },
});

export const releaseReservationsJob = defineSweep({
  name: 'listings.releaseReservations',
  everySeconds: 30,
  summary: 'Give back reserved units whose time is over.',
  command: releaseReservations,
  batch: limits.sweepBatch,
});
