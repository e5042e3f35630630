import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { lockListing, releaseReservation } from '../../catalog/index.ts';
import { defineCommand } from '../../kernel/define.ts';
import { limits } from '../../kernel/limits.ts';
import { OfferEntity } from '../entities.ts';
import { offerChanged } from '../events.ts';
import { openStates } from '../machine.ts';
import { holderOf, moveOffer, tellOffers } from '../moving.ts';

/** Small, because a batch holds the locks of all its listings. */
export const lapseBatch = limits.sweepBatch / 4;

const swept = {
  access: 'system',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  emits: [offerChanged],
} as const;
const skipLocked = { lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE, refresh: true } as const;

export const expire = defineCommand({
  ...swept,
  name: 'offers.expire',
  summary: 'End offers whose standing round is past its deadline.',
  async run({ tx }) {
    const at = await tx.now();
    const due = { state: { $in: [...openStates] }, deadline: { $lte: at } };
    const offers = await tx.db.find(OfferEntity, due, {
      ...skipLocked,
      orderBy: { deadline: 'asc' },
      limit: limits.sweepBatch,
    });
    for (const offer of offers) moveOffer(offer, { name: 'expire', by: 'system', at, deadline: null });
    await tellOffers(tx, offers, { move: 'expire', by: 'system' });
    return { swept: offers.length };
  },
});

export const lapse = defineCommand({
  ...swept,
  name: 'offers.lapse',
  summary: 'End accepted offers that were not checked out in time and give their units back.',
  async run({ tx }) {
    const at = await tx.now();
    const due = { state: 'accepted', deadline: { $lte: at } } as const;
    const seen = await tx.db.find(OfferEntity, due, { orderBy: { deadline: 'asc' }, limit: lapseBatch });
    for (const listingId of [...new Set(seen.map((offer) => offer.listingId))].toSorted())
      await lockListing(tx, listingId);
    const offers = await tx.db.find(OfferEntity, { ...due, id: { $in: seen.map(({ id }) => id) } }, skipLocked);
    for (const offer of offers) {
      await releaseReservation(tx, holderOf(offer));
      moveOffer(offer, { name: 'lapse', by: 'system', at, deadline: null });
    }
    await tellOffers(tx, offers, { move: 'lapse', by: 'system' });
    return { swept: offers.length };
  },
});
