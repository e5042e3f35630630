import { z } from 'zod';
import { UserId } from '../kernel/ids.ts';
import { orNull } from '../kernel/or-null.ts';
import { iso, Timestamp } from '../kernel/timestamp.ts';
import { ImageView, imageUrls, objectStorePort, type Reader } from '../media/index.ts';
import { ReviewId, type Review } from './entities.ts';
import { reviewMachine } from './machine.ts';

/** A review as anybody may read it. */
export const PublicReviewView = z.object({
  id: ReviewId,
  version: z.int(),
  side: z.enum(['buyer', 'seller']).describe('Which side of the order wrote it.'),
  authorId: UserId,
  subjectId: UserId,
  listingIds: z.array(z.uuid()),
  rating: z.int(),
  comment: orNull(z.string()),
  images: z.array(ImageView),
  reply: orNull(z.object({ text: z.string(), at: Timestamp })),
  revealedAt: orNull(Timestamp),
});

/** A review as its author and, once it is revealed, the person reviewed see it. */
export const ReviewView = PublicReviewView.extend({
  orderId: z.uuid(),
  state: z.enum(reviewMachine.states),
  revealAt: Timestamp.describe('When it is revealed even if the other side writes nothing.'),
  hiddenReason: orNull(z.string()).describe('Why moderators have hidden it.'),
  createdAt: Timestamp,
});

type Ported = Pick<Reader, 'port'>;

export function publicReviewView({ port }: Ported, review: Review): z.input<typeof PublicReviewView> {
  const { id, version, side, authorId, subjectId, listingIds, rating, comment, reply, repliedAt, revealedAt } = review;
  return {
    id,
    version,
    side,
    authorId,
    subjectId,
    listingIds,
    rating,
    comment,
    images: review.images.map(
      (image) => ({ id: image.id, ...imageUrls(port(objectStorePort), image.prefix) }) as never,
    ),
    reply: reply && repliedAt ? { text: reply, at: iso(repliedAt) } : null,
    revealedAt: iso(revealedAt),
  };
}

export function reviewView(reader: Ported, review: Review): z.input<typeof ReviewView> {
  const { orderId, state, revealAt, hiddenReason, createdAt } = review;
  const own = { orderId, state, revealAt: iso(revealAt), hiddenReason, createdAt: iso(createdAt) };
  return { ...publicReviewView(reader, review), ...own };
}
