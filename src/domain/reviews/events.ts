import { z } from 'zod';
import { defineEvent } from '../kernel/define.ts';
import { ReviewView } from './views.ts';

const Change = z.object({ what: z.enum(['written', 'revealed', 'replied', 'hidden', 'restored']) });

/** To the author, and to the person reviewed once it is revealed. */
export const reviewChanged = defineEvent({
  type: 'review.changed',
  entity: 'review',
  view: ReviewView,
  change: Change,
  notice({ view, change, to }) {
    const told = change?.what === 'replied' ? view.authorId : view.subjectId;
    if ((change?.what !== 'revealed' && change?.what !== 'replied') || to !== told) return null;
    const about = { entity: 'review', id: view.id };
    return { topic: 'reviews', template: `review.${change.what}`, params: { rating: view.rating }, about };
  },
});

export type ReviewChangeWhat = z.infer<typeof Change>['what'];
