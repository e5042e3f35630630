import type { RoomKind } from '../kernel/define.ts';
import { ListingEntity, ListingId } from './entities.ts';
import { listingUpdated } from './events.ts';
import { isHiddenFrom } from './hiding.ts';
import { isVisibleTo } from './policy.ts';
import { listingView } from './views.ts';

export const listingRoom: RoomKind = {
  kind: 'listing',
  summary: 'Price, stock and other changes of one listing, for whoever looks at it.',
  events: [listingUpdated],
  async admits({ db, actor, id }) {
    const listingId = ListingId.safeParse(id);
    const listing = listingId.success ? await db.findOne(ListingEntity, { id: listingId.data }) : null;
    if (!listing || !isVisibleTo(listing, actor)) return false;
    return !(await isHiddenFrom(db.getKysely(), listing, actor));
  },
  async view({ db, id, port }) {
    const listing = await db.findOne(ListingEntity, { id: ListingId.parse(id) });
    return listing && listingView({ port }, listing);
  },
};
