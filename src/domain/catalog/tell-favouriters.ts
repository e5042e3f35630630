import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { z } from 'zod';
import { defineCommand, defineSweep, type Sql, type Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { limits } from '../kernel/limits.ts';
import { ListingEntity, type Listing } from './entities.ts';
import { favouriteChanged } from './events.ts';
import { isHidden } from './hiding.ts';
import { favouriteView } from './views.ts';

interface ToldRow {
  readonly id: string;
  readonly user_id: UserId;
  readonly created_at: string;
  /** Null: never told since these are remembered. */
  readonly told_price_minor: string | null;
  readonly told_in_stock: boolean | null;
}

function worthALook({ told_price_minor: told, told_in_stock: wasInStock }: ToldRow, priceMinor: number) {
  if (wasInStock === false) return { kind: 'back_in_stock', wasMinor: priceMinor } as const;
  return told !== null && priceMinor < Number(told)
    ? ({ kind: 'price_dropped', wasMinor: Number(told) } as const)
    : null;
}

/** Which of these listings anybody has favourited. */
export async function favouritedAmong(db: Sql, listings: readonly Pick<Listing, 'id'>[]): Promise<Set<string>> {
  if (listings.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    select distinct listing_id::text as id from favourite
    where listing_id = any(${`{${listings.map(({ id }) => id).join(',')}}`}::uuid[])`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

/** Tells up to `limit` people who favourited the listing and were not told of its current card. Returns how many. */
export async function tellFavouriters(tx: Tx, listing: Listing, limit: number): Promise<number> {
  const { priceMinor, state } = listing;
  const hidden = await isHidden(tx.sql, listing);
  const inStock = !hidden && state === 'active' && listing.quantity > listing.reserved;
  const { rows } = await sql<ToldRow>`
    with due as materialized (
      select id, told_price_minor, told_in_stock from favourite
      where listing_id = ${listing.id} and card_version < ${listing.cardVersion}
      order by id limit ${limit} for update
    )
    update favourite set card_version = ${listing.cardVersion}, told_price_minor = ${priceMinor},
      told_in_stock = ${inStock}
    from due where due.id = favourite.id
    returning favourite.id, favourite.user_id, favourite.created_at, due.told_price_minor::text, due.told_in_stock
    `.execute(tx.sql);
  for (const row of rows) {
    const favourite = { id: row.id, createdAt: new Date(row.created_at) };
    const change = inStock ? worthALook(row, priceMinor) : null;
    tx.emit(favouriteChanged, row.user_id, {
      view: favouriteView(tx, { favourite, listing, hidden }),
      ...(change ? { change } : {}),
    });
  }
  return rows.length;
}

/** Continues where a change of a listing with many favourites left off, one batch a run. */
export const tellFavouritersBatch = defineCommand({
  name: 'favourites.tell',
  access: 'system',
  summary: 'Tell one batch of people that a listing they favourited has changed.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  emits: [favouriteChanged],
  async run({ tx }) {
    const listing = await tx.db.findOne(
      ListingEntity,
      { favouritesDue: true },
      { lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE, orderBy: { id: 'asc' } },
    );
    if (!listing) return { swept: 0 };
    const told = await tellFavouriters(tx, listing, limits.sweepBatch);
    listing.favouritesDue = told === limits.sweepBatch;
    // Another listing may be due: a finished one counts as a full batch.
    return { swept: limits.sweepBatch };
  },
});

export const tellFavouritersJob = defineSweep({
  name: 'favourites.tell',
  everySeconds: 10,
  summary: 'Tell people about changes of listings with many favourites.',
  command: tellFavouritersBatch,
  batch: limits.sweepBatch,
});
