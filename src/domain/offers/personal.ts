import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { exportRowsMax, type PersonalData } from '../kernel/personal-data.ts';
import { OfferEntity } from './entities.ts';
import { openStates } from './machine.ts';
import { moveOffer, tellOffers } from './moving.ts';

/** More open offers than this are left to their deadline. */
const endedMax = 1_000;

export const offersPersonal: PersonalData = {
  async export({ sql: plain, userId }) {
    const { rows } = await sql`
      select o.id, o.listing_id as "listingId", case when o.buyer_id = ${userId} then 'buyer' else 'seller' end as role,
             o.state, o.quantity, o.currency, r.round, r.by_side as "by", r.amount_minor::text as "amountMinor",
             r.message, r.at
      from offer o join offer_round r on r.offer_id = o.id
      where o.buyer_id = ${userId} or o.seller_id = ${userId}
      order by o.id desc, r.round desc limit ${exportRowsMax}`.execute(plain);
    return { offers: rows };
  },
  async blockers(tx, userId) {
    const { rows } = await sql`
      select 1 from offer
      where state = 'accepted' and (buyer_id = ${userId} or seller_id = ${userId}) limit 1`.execute(tx.sql);
    return rows.length > 0 ? ['offers'] : [];
  },
  async forget(tx, userId) {
    const mine = { state: { $in: [...openStates] }, $or: [{ buyerId: userId }, { sellerId: userId }] };
    const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' }, limit: endedMax } as const;
    const offers = await tx.db.find(OfferEntity, mine, lock);
    const at = await tx.now();
    for (const offer of offers) moveOffer(offer, { name: 'supersede', by: 'system', at, deadline: null });
    await tellOffers(tx, offers, { move: 'supersede', by: 'system' });
  },
};
