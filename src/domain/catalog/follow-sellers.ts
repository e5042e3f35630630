import { sql } from 'kysely';
import { z } from 'zod';
import { isHiddenSeller } from '../identity/index.ts';
import { defineCommand, defineSweep } from '../kernel/define.ts';
import { limits } from '../kernel/limits.ts';
import { tellFavouritersJob } from './tell-favouriters.ts';

/**
 * Sellers are suspended and let back elsewhere, in areas that know nothing of listings. What others see follows at
 * once, because it is asked for; those who favourited a listing are told by this.
 */
export const followSellers = defineCommand({
  name: 'listings.followSellers',
  access: 'system',
  summary: 'Have people told of favourites that disappeared or came back with their seller.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  async run({ tx }) {
    const { rows } = await sql<{ due: boolean }>`
      with gone as (
        select own.id from account seller, lateral (
          select l.id from listing l
          where l.seller_id = seller.id and not l.told_hidden and l.published_at is not null offset 0
        ) own
        where ${isHiddenSeller('seller')} limit ${limits.sweepBatch}
      ), back as (
        select l.id from listing l join account seller on seller.id = l.seller_id
        where l.told_hidden and not ${isHiddenSeller('seller')} limit ${limits.sweepBatch}
      ), changed as (
        select id, true as told_hidden from gone union all select id, false from back
      )
      update listing l set told_hidden = changed.told_hidden, card_version = l.card_version + 1,
        favourites_due = l.favourites_due or exists (select from favourite f where f.listing_id = l.id),
        follow_up_due = l.watched
      from changed where l.id = changed.id and l.told_hidden <> changed.told_hidden
      returning l.favourites_due as due`.execute(tx.sql);
    if (rows.some(({ due }) => due)) tx.nudge(tellFavouritersJob);
    return { swept: rows.length };
  },
});

export const followSellersJob = defineSweep({
  name: 'listings.followSellers',
  everySeconds: 10,
  summary: followSellers.summary,
  command: followSellers,
  batch: limits.sweepBatch,
});
