import { z } from 'zod';
import { defineEvent, defineRoomEvent } from '../kernel/define.ts';
import { FavouriteView, ListingView, OwnListingView } from './views.ts';

/** What happened, for toasts. */
const ListingChange = z.object({
  kind: z.enum([
    'created',
    'updated',
    'published',
    'paused',
    'removed',
    'sold_out',
    'restocked',
    'stock',
    'images',
    'taken_down',
    'restored',
    'rated',
  ]),
});

export const listingChanged = defineEvent({
  type: 'listing.changed',
  entity: 'listing',
  view: OwnListingView,
  change: ListingChange,
  notice({ view, change }) {
    if (change?.kind !== 'taken_down' && change?.kind !== 'restored') return null;
    const params = { title: view.title, reason: view.takenDown?.reason ?? '' };
    return { topic: 'listings', template: `listing.${change.kind}`, params, about: { entity: 'listing', id: view.id } };
  },
});

export const favouriteChanged = defineEvent({
  type: 'favourite.changed',
  entity: 'favourite',
  view: FavouriteView,
  /** What makes the favourite worth another look. */
  change: z.object({ kind: z.enum(['price_dropped', 'back_in_stock']), wasMinor: z.int() }).optional(),
  notice({ view: { listing }, change }) {
    if (!change) return null;
    const { id, title, priceMinor, currency } = listing;
    const { kind, wasMinor } = change;
    const params = kind === 'price_dropped' ? { title, priceMinor, wasMinor, currency } : { title };
    return { topic: 'listings', template: `listing.${kind}`, params, about: { entity: 'listing', id } };
  },
});

/** Price, stock and every other change of a listing, for whoever looks at it. */
export const listingUpdated = defineRoomEvent({ type: 'listing.changed', data: ListingView });

export type ListingChangeKind = z.infer<typeof ListingChange>['kind'];
