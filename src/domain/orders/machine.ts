import { defineMachine } from '../kernel/machine.ts';

/** What is paid at once. Money that comes after the window puts the group back if the stock is still there. */
export const orderGroupMachine = defineMachine({
  name: 'order_group',
  initial: 'awaiting_payment',
  states: ['awaiting_payment', 'placed', 'payment_expired', 'cancelled'],
  moves: {
    pay: [{ from: 'awaiting_payment', by: 'system', to: 'placed' }],
    expire: [{ from: 'awaiting_payment', by: 'system', to: 'payment_expired' }],
    cancel: [{ from: 'awaiting_payment', by: 'buyer', to: 'cancelled' }],
    reinstate: [
      { from: 'payment_expired', by: 'system', to: 'placed' },
      { from: 'cancelled', by: 'system', to: 'placed' },
    ],
  },
});

/** One seller's part. A buyer's or seller's move is the command `orders.<move>`. */
export const orderMachine = defineMachine({
  name: 'order',
  initial: 'awaiting_payment',
  states: [
    'awaiting_payment',
    'placed',
    'accepted',
    'ready_for_pickup',
    'delivered',
    'received',
    'completed',
    'payment_expired',
    'rejected',
    'cancelled',
  ],
  moves: {
    pay: [{ from: 'awaiting_payment', by: 'system', to: 'placed' }],
    expire: [{ from: 'awaiting_payment', by: 'system', to: 'payment_expired' }],
    // Only together with its group, whose machine says when: an order cancelled after payment never comes back.
    reinstate: [
      { from: 'payment_expired', by: 'system', to: 'placed' },
      { from: 'cancelled', by: 'system', to: 'placed' },
    ],
    cancel: [
      { from: 'awaiting_payment', by: 'buyer', to: 'cancelled' },
      { from: 'placed', by: 'buyer', to: 'cancelled' },
      { from: 'placed', by: 'system', to: 'cancelled' },
    ],
    accept: [{ from: 'placed', by: 'seller', to: 'accepted' }],
    reject: [{ from: 'placed', by: 'seller', to: 'rejected' }],
    readyForPickup: [{ from: 'accepted', by: 'seller', to: 'ready_for_pickup' }],
    handOver: [{ from: 'ready_for_pickup', by: 'seller', to: 'delivered' }],
    confirmReceived: [
      { from: 'delivered', by: 'buyer', to: 'received' },
      { from: 'delivered', by: 'system', to: 'received' },
    ],
    complete: [{ from: 'received', by: 'system', to: 'completed' }],
  },
});

export type OrderGroupState = (typeof orderGroupMachine)['states'][number];
export type OrderState = (typeof orderMachine)['states'][number];
export type OrderMove = keyof (typeof orderMachine)['moves'];

/** Something is still to be done. */
export const openStates = [
  'awaiting_payment',
  'placed',
  'accepted',
  'ready_for_pickup',
  'delivered',
  'received',
] as const satisfies readonly OrderState[];
