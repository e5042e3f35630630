import type { Db } from '../kernel/define.ts';
import { OfferRoundEntity, type Offer, type OfferRound } from './entities.ts';

/** The rounds of many offers in one query, oldest first, by offer id. */
export async function roundsOf(db: Db, offers: readonly Offer[]): Promise<Map<string, OfferRound[]>> {
  if (offers.length === 0) return new Map();
  const ids = offers.map(({ id }) => id);
  const rounds = await db.find(OfferRoundEntity, { offerId: { $in: ids } }, { orderBy: { round: 'asc' } });
  return Map.groupBy(rounds, (round) => round.offerId);
}
