import { defineMachine } from '../kernel/machine.ts';

/**
 * The state names whose turn it is. Countering hands the turn over, so nobody can accept their own price; the side that
 * waits may withdraw the price it has standing.
 */
export const offerMachine = defineMachine({
  name: 'offer',
  initial: 'awaiting_seller',
  states: [
    'awaiting_seller',
    'awaiting_buyer',
    'accepted',
    'declined',
    'withdrawn',
    'expired',
    'superseded',
    'consumed',
    'lapsed',
  ],
  moves: {
    counter: [
      { from: 'awaiting_seller', by: 'seller', to: 'awaiting_buyer' },
      { from: 'awaiting_buyer', by: 'buyer', to: 'awaiting_seller' },
    ],
    accept: [
      { from: 'awaiting_seller', by: 'seller', to: 'accepted' },
      { from: 'awaiting_buyer', by: 'buyer', to: 'accepted' },
    ],
    decline: [
      { from: 'awaiting_seller', by: 'seller', to: 'declined' },
      { from: 'awaiting_buyer', by: 'buyer', to: 'declined' },
    ],
    withdraw: [
      { from: 'awaiting_seller', by: 'buyer', to: 'withdrawn' },
      { from: 'awaiting_buyer', by: 'seller', to: 'withdrawn' },
    ],
    expire: [
      { from: 'awaiting_seller', by: 'system', to: 'expired' },
      { from: 'awaiting_buyer', by: 'system', to: 'expired' },
    ],
    supersede: [
      { from: 'awaiting_seller', by: 'system', to: 'superseded' },
      { from: 'awaiting_buyer', by: 'system', to: 'superseded' },
    ],
    checkout: [{ from: 'accepted', by: 'buyer', to: 'consumed' }],
    lapse: [{ from: 'accepted', by: 'system', to: 'lapsed' }],
  },
});

export type OfferState = (typeof offerMachine)['states'][number];
export type OfferMove = keyof (typeof offerMachine)['moves'];
export type OfferSide = 'buyer' | 'seller';

export const openStates = ['awaiting_seller', 'awaiting_buyer'] as const satisfies readonly OfferState[];
export const liveStates = [...openStates, 'accepted'] as const satisfies readonly OfferState[];
