import { LockMode } from '@mikro-orm/core';
import { setListingRating } from '../catalog/index.ts';
import { setUserRating } from '../identity/index.ts';
import { sql } from 'kysely';
import type { Db, Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { applyMove, bump } from '../kernel/machine.ts';
import { ReviewEntity, type Review } from './entities.ts';
import { reviewChanged, type ReviewChangeWhat } from './events.ts';
import { reviewMachine } from './machine.ts';
import { reviewView } from './views.ts';

// Locks are taken in the order order, reviews, listings, accounts, each by their ids.

export async function lockReview(db: Db, id: string): Promise<Review | null> {
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  return db.findOne(ReviewEntity, { id: id }, lock);
}

/** Tells both sides, the person reviewed only of what is or was public. */
export async function tellReview(tx: Tx, review: Review, what: ReviewChangeWhat): Promise<void> {
  await tx.db.flush();
  const view = reviewView(tx, review);
  tx.emit(reviewChanged, review.authorId, { view, change: { what } });
  if (review.state !== 'sealed') tx.emit(reviewChanged, review.subjectId, { view, change: { what } });
}

/** Opens locked reviews and brings the averages up to date. */
export async function revealReviews(tx: Tx, reviews: readonly Review[]): Promise<void> {
  const at = await tx.now();
  for (const review of reviews) {
    assert(applyMove(reviewMachine, review, { name: 'reveal', by: 'system', at }), `review ${review.id} is sealed`);
    review.revealedAt = at;
    await tellReview(tx, review, 'revealed');
  }
  await updateRatings(tx, reviews);
}

/** Shows or hides a locked review. False when it is not in the state for it. */
export async function judgeReview(
  tx: Tx,
  review: Review,
  { name, reason }: { name: 'hide' | 'restore'; reason: string },
): Promise<boolean> {
  const isHidden = (review.hiddenReason ?? null) !== null;
  if (review.state !== 'revealed' || isHidden === (name === 'hide')) return false;
  review.hiddenReason = name === 'hide' ? reason : null;
  bump(review, await tx.now());
  await tellReview(tx, review, name === 'hide' ? 'hidden' : 'restored');
  await updateRatings(tx, [review]);
  return true;
}

/** A review that anybody may read, or null. */
export async function readReview({ db }: Pick<Tx, 'db'>, id: string): Promise<Review | null> {
  return db.findOne(ReviewEntity, { id: id, state: 'revealed', hiddenReason: null });
}

export async function hideReview(tx: Tx, id: string, reason: string): Promise<boolean> {
  const review = await lockReview(tx.db, id);
  return review !== null && judgeReview(tx, review, { name: 'hide', reason });
}

/**
 * Computes averages from the rows, never from the averages before. The row that holds an average is locked first:
 * whoever comes second reads what the first has committed.
 */
async function updateRatings(tx: Tx, reviews: readonly Review[]): Promise<void> {
  await tx.db.flush();
  for (const id of [...new Set(reviews.flatMap(({ listingIds }) => listingIds))].toSorted()) {
    await setListingRating(tx, id, () => ratingOf(tx, sql`listing_ids @> array[${id}::uuid]`));
  }
  for (const id of [...new Set(reviews.map(({ subjectId }) => subjectId))].toSorted()) {
    await setUserRating(tx, id, () => ratingOf(tx, sql`subject_id = ${id}`));
  }
}

async function ratingOf(tx: Tx, where: ReturnType<typeof sql>): Promise<{ count: number; mean: number | null }> {
  const { rows } = await sql<{ count: number; mean: number | null }>`
    select count(*)::int as count, avg(rating)::float8 as mean from review
    where state = 'revealed' and hidden_reason is null and ${where}`.execute(tx.sql);
  return rows[0] ?? { count: 0, mean: null };
}
