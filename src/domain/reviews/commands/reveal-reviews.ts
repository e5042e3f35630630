import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { listingChanged, listingUpdated } from '../../catalog/index.ts';
import { userChanged } from '../../identity/index.ts';
import { defineCommand, defineSweep } from '../../kernel/define.ts';
import { ReviewEntity, reviewLimits } from '../entities.ts';
import { reviewChanged } from '../events.ts';
import { revealReviews } from '../moving.ts';

export const revealDue = defineCommand({
  name: 'reviews.reveal',
  access: 'system',
  summary: 'Reveal reviews that have waited long enough for the other side.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  emits: [reviewChanged, userChanged, listingChanged, listingUpdated],
  async run({ tx }) {
    const due = { state: 'sealed', revealAt: { $lte: await tx.now() } } as const;
    const reviews = await tx.db.find(ReviewEntity, due, {
      lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE,
      orderBy: { revealAt: 'asc' },
      limit: reviewLimits.sweepBatch,
    });
    await revealReviews(tx, reviews);
    return { swept: reviews.length };
  },
});

export const revealReviewsJob = defineSweep({
  name: 'reviews.reveal',
  everySeconds: 60,
  summary: revealDue.summary,
  command: revealDue,
  batch: reviewLimits.sweepBatch,
});
