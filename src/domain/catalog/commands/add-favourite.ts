import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { newId } from '../../kernel/ids.ts';
import { countFavourite } from '../counters.ts';
import { FavouriteEntity, ListingEntity, ListingId } from '../entities.ts';
import { favouriteChanged } from '../events.ts';
import { isHidden } from '../hiding.ts';
import { isVisibleTo } from '../policy.ts';
import { catalogRules } from '../rules.ts';
import { FavouriteView, favouriteView } from '../views.ts';

export const addFavourite = defineCommand({
  name: 'favourites.add',
  access: 'user',
  ratePerMinute: 60,
  summary: 'Remember a listing and be told of its changes. Adding it again changes nothing.',
  input: z.strictObject({ listingId: ListingId }),
  output: FavouriteView,
  errors: ['listings.not_found', 'favourites.own_listing', 'favourites.too_many'],
  emits: [favouriteChanged],
  async run({ input: { listingId }, actor, tx, fail }) {
    // A change of the listing waits for this lock, so that it is told to this person or already seen here.
    const listing = await tx.db.findOne(ListingEntity, { id: listingId }, { lockMode: LockMode.PESSIMISTIC_READ });
    if (!listing || !isVisibleTo(listing, actor)) return fail('listings.not_found');
    if (listing.sellerId !== actor.userId && (await isHidden(tx.sql, listing))) return fail('listings.not_found');
    if (listing.sellerId === actor.userId) fail('favourites.own_listing');
    const held = await tx.db.count(FavouriteEntity, { userId: actor.userId });
    const created = {
      id: newId(),
      userId: actor.userId,
      listingId,
      cardVersion: listing.cardVersion,
      toldPriceMinor: listing.priceMinor,
      toldInStock: listing.state === 'active' && listing.quantity > listing.reserved,
      createdAt: await tx.now(),
    };
    const known = await tx.db.findOne(FavouriteEntity, { userId: actor.userId, listingId });
    if (known) return favouriteView(tx, { favourite: known, listing });
    if (held >= catalogRules.favouritesMax) fail('favourites.too_many');
    const favourite = await tx.db.upsert(FavouriteEntity, created, {
      onConflictFields: ['userId', 'listingId'],
      onConflictAction: 'ignore',
    });
    const view = favouriteView(tx, { favourite, listing });
    // Another call of the same person was faster: it told and counted.
    if (favourite.id !== created.id) return view;
    await countFavourite(tx.sql, listingId, 1);
    tx.emit(favouriteChanged, actor.userId, { view });
    return view;
  },
});
