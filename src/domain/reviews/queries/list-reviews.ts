import { sql } from 'kysely';
import { z } from 'zod';
import { publicProfiles, PublicUserView } from '../../identity/index.ts';
import { defineQuery } from '../../kernel/define.ts';
import { UserId } from '../../kernel/ids.ts';
import { orNull } from '../../kernel/or-null.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { ReviewEntity, ReviewId } from '../entities.ts';
import { PublicReviewView, publicReviewView } from '../views.ts';

/** Microseconds since the epoch, as text, and the id. */
const Key = z.tuple([z.string().regex(/^\d{1,17}$/), ReviewId]);

export const listReviews = defineQuery({
  name: 'reviews.list',
  access: 'guest',
  summary: 'Reviews of a listing or of a person, the latest first.',
  input: z
    .strictObject({
      listingId: z.uuid().optional(),
      userId: UserId.optional(),
      rating: z.int().min(1).max(5).optional(),
      ...pageInput,
    })
    .refine(({ listingId, userId }) => (listingId === undefined) !== (userId === undefined), {
      path: ['userId'],
      error: 'name a listing or a person, not both',
    }),
  output: page(PublicReviewView.extend({ author: orNull(PublicUserView) })),
  errors: [],
  async run({ input: { listingId, userId, rating, cursor, limit }, db, sql: database, port }) {
    const after = decodeCursor(cursor, Key);
    const about = userId ? sql`subject_id = ${userId}` : sql`listing_ids @> array[${listingId}::uuid]`;
    const rated = rating === undefined ? sql`` : sql`and rating = ${rating}`;
    const beyond = after
      ? sql`and (revealed_at, id) <
          (to_timestamp(0) + ${after[0]}::bigint * interval '1 microsecond', ${after[1]}::uuid)`
      : sql``;
    const { rows } = await sql<{ id: ReviewId; at: string }>`
      select id, (extract(epoch from revealed_at) * 1000000)::bigint::text as at from review
      where state = 'revealed' and hidden_reason is null and ${about} ${rated} ${beyond}
      order by revealed_at desc, id desc limit ${limit + 1}`.execute(database);
    const reviews = await db.find(ReviewEntity, { id: { $in: rows.map(({ id }) => id) } });
    const authors = await publicProfiles(
      db,
      reviews.map(({ authorId }) => authorId),
    );
    const byId = new Map(reviews.map((review) => [review.id, review]));
    const found = rows.flatMap(({ id, at }) => {
      const review = byId.get(id);
      return review ? [{ review, at }] : [];
    });
    return cutPage(found, limit, {
      item: ({ review }) => ({
        ...publicReviewView({ port }, review),
        author: authors.get(review.authorId) ?? null,
      }),
      key: ({ review, at }) => [at, review.id],
    });
  },
});
