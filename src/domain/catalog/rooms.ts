import type { RoomKind } from '../kernel/define.ts';
import { ListingEntity, ListingId } from './entities.ts';
import { listingUpdated } from './events.ts';
import { isVisibleTo } from './policy.ts';
import { listingView } from './views.ts';

export const listingRoom: RoomKind = {
  kind: 'listing',
  summary: 'Price, stock and other changes of one listing, for whoever looks at it.',
  events: [listingUpdated],
  async open({ db, actor, id, port }) {
    const listingId = ListingId.safeParse(id);
    if (!listingId.success) return null;
    const listing = await db.findOne(ListingEntity, { id: listingId.data });
    return listing && isVisibleTo(listing, actor) ? listingView({ port }, listing) : null;
  },
};
