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

/**
 * One seller's part. A buyer's or seller's move is the command `orders.<move>`; hubs move it with its shipment, and
 * disputes are opened and ended by the commands of their own area.
 */
export const orderMachine = defineMachine({
  name: 'order',
  initial: 'awaiting_payment',
  states: [
    'awaiting_payment',
    'placed',
    'accepted',
    'packed',
    'at_hub',
    'out_for_delivery',
    'ready_for_pickup',
    'delivered',
    'disputed',
    'received',
    'completed',
    'payment_expired',
    'rejected',
    'cancelled',
    'returned',
    'refunded',
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
      // Not handed on, or not fetched, in time.
      { from: 'accepted', by: 'system', to: 'cancelled' },
      { from: 'packed', by: 'system', to: 'cancelled' },
      { from: 'ready_for_pickup', by: 'system', to: 'cancelled' },
    ],
    accept: [{ from: 'placed', by: 'seller', to: 'accepted' }],
    reject: [{ from: 'placed', by: 'seller', to: 'rejected' }],
    readyForPickup: [{ from: 'accepted', by: 'seller', to: 'ready_for_pickup' }],
    handOver: [{ from: 'ready_for_pickup', by: 'seller', to: 'delivered' }],
    pack: [{ from: 'accepted', by: 'seller', to: 'packed' }],
    receiveAtHub: [{ from: 'packed', by: 'hub', to: 'at_hub' }],
    dispatch: [
      { from: 'packed', by: 'hub', to: 'out_for_delivery' },
      { from: 'at_hub', by: 'hub', to: 'out_for_delivery' },
    ],
    failDelivery: [{ from: 'out_for_delivery', by: 'hub', to: 'at_hub' }],
    deliver: [
      { from: 'at_hub', by: 'hub', to: 'delivered' },
      { from: 'out_for_delivery', by: 'hub', to: 'delivered' },
    ],
    returnToSeller: [
      { from: 'at_hub', by: 'hub', to: 'returned' },
      { from: 'out_for_delivery', by: 'hub', to: 'returned' },
    ],
    // With its courier, for longer than any delivery takes.
    loseParcel: [
      { from: 'at_hub', by: 'hub', to: 'refunded' },
      { from: 'out_for_delivery', by: 'hub', to: 'refunded' },
    ],
    confirmReceived: [
      { from: 'delivered', by: 'buyer', to: 'received' },
      { from: 'delivered', by: 'system', to: 'received' },
    ],
    dispute: [
      { from: 'delivered', by: 'buyer', to: 'disputed' },
      // A chargeback.
      { from: 'delivered', by: 'system', to: 'disputed' },
    ],
    resolveToSeller: [{ from: 'disputed', by: 'system', to: 'received' }],
    resolveToBuyer: [{ from: 'disputed', by: 'system', to: 'refunded' }],
    // All of its money has gone back without a dispute.
    refund: [
      { from: 'delivered', by: 'system', to: 'refunded' },
      { from: 'received', by: 'system', to: 'refunded' },
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
  'packed',
  'at_hub',
  'out_for_delivery',
  'ready_for_pickup',
  'delivered',
  'disputed',
  'received',
] as const satisfies readonly OrderState[];

/** Paid, and neither received nor over. */
export const protectedStates = openStates.filter((state) => state !== 'awaiting_payment' && state !== 'received');
