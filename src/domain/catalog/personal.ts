import { sql } from 'kysely';
import type { Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { target } from '../kernel/machine.ts';
import { exportRowsMax, type PersonalData } from '../kernel/personal-data.ts';
import { changeListing } from './announce.ts';
import { ListingEntity, type Listing } from './entities.ts';
import { listingMachine } from './machine.ts';
import { lockListing } from './stock.ts';
import { tellFavouritersJob } from './tell-favouriters.ts';

/** What remains of a listing for the orders and conversations about it. */
const emptied = {
  title: 'Removed listing',
  description: '',
  tags: [],
  images: [],
  imagesSettled: true,
  videoUrl: null,
  location: null,
  neighborhood: null,
} satisfies Partial<Listing>;

export const catalogPersonal: PersonalData = {
  async export({ sql: plain, userId }) {
    const { rows: listings } = await sql`
      select id, title, description, price_minor::text as "priceMinor", currency, condition, quantity, state, tags,
             neighborhood, st_y(location::geometry) as lat, st_x(location::geometry) as lon, created_at as "createdAt"
      from listing where seller_id = ${userId} order by created_at desc, id desc limit ${exportRowsMax}`.execute(plain);
    const { rows: favourites } = await sql`
      select listing_id as "listingId", created_at as "createdAt" from favourite
      where user_id = ${userId} order by created_at desc, id desc limit ${exportRowsMax}`.execute(plain);
    const { rows: listingViews } = await sql`
      select listing_id as "listingId", day from listing_view
      where viewer = ${`user:${userId}`} order by day desc limit ${exportRowsMax}`.execute(plain);
    return { listings, favourites, listingViews };
  },
  async forget(tx, userId) {
    await sql`
      with gone as (delete from favourite where user_id = ${userId} returning listing_id)
      update listing_counter c set favourites = c.favourites - 1
      from gone where gone.listing_id = c.listing_id`.execute(tx.sql);
    await sql`delete from listing_view where viewer = ${`user:${userId}`}`.execute(tx.sql);
    await removeListings(tx, userId);
    await emptyRemoved(tx, userId);
  },
};

/** Those still shown somewhere, of which there are at most `listingsPerSellerMax`, go with everybody being told. */
async function removeListings(tx: Tx, sellerId: UserId): Promise<void> {
  const found = await tx.db.find(ListingEntity, { sellerId, state: { $ne: 'removed' } }, { orderBy: { id: 'asc' } });
  for (const { id } of found) {
    const listing = await lockListing(tx, id);
    const state = listing && target(listingMachine, 'remove', { state: listing.state, by: 'seller' });
    if (!listing || !state) continue;
    await changeListing(tx, listing, { kind: 'removed', apply: () => Object.assign(listing, emptied, { state }) });
  }
}

/** Those removed before, any number, are emptied at once; who has one as a favourite hears of it by the job. */
async function emptyRemoved(tx: Tx, sellerId: UserId): Promise<void> {
  const at = (await tx.now()).toISOString();
  const result = await sql`
    update listing set title = ${emptied.title}, description = '', tags = '{}', images = '[]', images_settled = true,
      video_url = null, location = null, neighborhood = null, version = version + 1, card_version = card_version + 1,
      favourites_due = published_at is not null, follow_up_due = watched,
      updated_at = ${at}::timestamptz
    where seller_id = ${sellerId} and state = 'removed' and description <> ''`.execute(tx.sql);
  if (Number(result.numAffectedRows) > 0) tx.nudge(tellFavouritersJob);
}
