import type { SnapshotPart } from '../kernel/define.ts';
import { OfferEntity } from './entities.ts';
import { roundsOf } from './rounds.ts';
import { offerLimits } from './settings.ts';
import { offerView } from './views.ts';

/** Live offers first, the nearest deadline leading, then the newest of those that ended. */
export const offerSnapshot: SnapshotPart = {
  entity: 'offer',
  async load({ db, userId }) {
    const offers = await db.find(
      OfferEntity,
      { $or: [{ buyerId: userId }, { sellerId: userId }] },
      { orderBy: { deadline: 'asc nulls last', id: 'desc' }, limit: offerLimits.snapshotMax },
    );
    const rounds = await roundsOf(db, offers);
    return offers.map((offer) => offerView(offer, rounds.get(offer.id) ?? [], userId));
  },
};
