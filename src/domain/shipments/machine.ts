import { defineMachine } from '../kernel/machine.ts';

/** A hub's move is the command `shipments.<move>`; the third failure is `giveUp`, made by `shipments.fail`. */
export const shipmentMachine = defineMachine({
  name: 'shipment',
  initial: 'awaiting_drop_off',
  states: [
    'awaiting_drop_off',
    'at_hub',
    'out_for_delivery',
    'failed',
    'delivered',
    'returning',
    'returned',
    'lost',
    'cancelled',
  ],
  moves: {
    receiveAtHub: [
      { from: 'awaiting_drop_off', by: 'hub', to: 'at_hub' },
      { from: 'failed', by: 'hub', to: 'at_hub' },
    ],
    dispatch: [{ from: 'at_hub', by: 'hub', to: 'out_for_delivery' }],
    deliver: [
      { from: 'at_hub', by: 'hub', to: 'delivered' },
      { from: 'out_for_delivery', by: 'hub', to: 'delivered' },
    ],
    fail: [{ from: 'out_for_delivery', by: 'hub', to: 'failed' }],
    giveUp: [{ from: 'out_for_delivery', by: 'hub', to: 'returning' }],
    returnToSeller: [
      { from: 'at_hub', by: 'hub', to: 'returning' },
      { from: 'failed', by: 'hub', to: 'returning' },
      // Nobody fetched it.
      { from: 'at_hub', by: 'system', to: 'returning' },
    ],
    // Neither delivered nor brought back in time. The buyer is refunded; it may still turn up.
    lose: [
      { from: 'out_for_delivery', by: 'system', to: 'lost' },
      { from: 'failed', by: 'system', to: 'lost' },
    ],
    handBack: [
      { from: 'returning', by: 'hub', to: 'returned' },
      { from: 'lost', by: 'hub', to: 'returned' },
    ],
    // Its order was cancelled before the hub had it.
    cancel: [{ from: 'awaiting_drop_off', by: 'system', to: 'cancelled' }],
  },
});

export type ShipmentState = (typeof shipmentMachine)['states'][number];
export type ShipmentMove = keyof (typeof shipmentMachine)['moves'];

/** Something is still to be done. */
export const openStates = [
  'awaiting_drop_off',
  'at_hub',
  'out_for_delivery',
  'failed',
  'returning',
] as const satisfies readonly ShipmentState[];
