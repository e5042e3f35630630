import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { countFavourite } from '../counters.ts';
import { FavouriteEntity, ListingEntity, ListingId } from '../entities.ts';
import { favouriteChanged } from '../events.ts';
import { favouriteView } from '../views.ts';

export const removeFavourite = defineCommand({
  name: 'favourites.remove',
  access: 'user',
  ratePerMinute: 60,
  summary: 'Forget a favourite. Forgetting what is not one changes nothing.',
  input: z.strictObject({ listingId: ListingId }),
  output: z.object({}),
  errors: [],
  emits: [favouriteChanged],
  async run({ input: { listingId }, actor, tx }) {
    const where = { userId: actor.userId, listingId };
    const favourite = await tx.db.findOne(FavouriteEntity, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!favourite) return {};
    const listing = await tx.db.findOneOrFail(ListingEntity, { id: listingId });
    tx.db.remove(favourite);
    await tx.db.flush();
    await countFavourite(tx.sql, listingId, -1);
    // Newer than anything that was told or read of it.
    const version = Math.max(favourite.cardVersion, listing.cardVersion) + 1;
    tx.emit(favouriteChanged, actor.userId, {
      view: { ...favouriteView(tx, { favourite, listing }), version, deleted: true },
    });
    return {};
  },
});
