import { defineMachine } from '../kernel/machine.ts';

/**
 * One attempt to pay. What the provider says wins: money that arrives after the end of an attempt is `captured_late`.
 * A call without an answer is `unknown`, never failed: the money may have moved.
 */
export const paymentMachine = defineMachine({
  name: 'payment',
  initial: 'created',
  states: [
    'created',
    'requires_action',
    'processing',
    'authorized',
    'captured',
    'failed',
    'cancelled',
    'expired',
    'unknown',
    'captured_late',
    'cod_due',
    'collected',
    'remitted',
  ],
  moves: {
    requireAction: [
      { from: 'created', by: 'provider', to: 'requires_action' },
      { from: 'unknown', by: 'provider', to: 'requires_action' },
    ],
    process: [
      { from: 'created', by: 'provider', to: 'processing' },
      { from: 'requires_action', by: 'provider', to: 'processing' },
      { from: 'unknown', by: 'provider', to: 'processing' },
    ],
    authorize: [
      { from: 'created', by: 'provider', to: 'authorized' },
      { from: 'requires_action', by: 'provider', to: 'authorized' },
      { from: 'processing', by: 'provider', to: 'authorized' },
      { from: 'unknown', by: 'provider', to: 'authorized' },
    ],
    capture: [
      // The wallet's own.
      { from: 'created', by: 'system', to: 'captured' },
      { from: 'created', by: 'provider', to: 'captured' },
      { from: 'requires_action', by: 'provider', to: 'captured' },
      { from: 'processing', by: 'provider', to: 'captured' },
      { from: 'authorized', by: 'provider', to: 'captured' },
      { from: 'unknown', by: 'provider', to: 'captured' },
    ],
    captureLate: [
      { from: 'created', by: 'provider', to: 'captured_late' },
      { from: 'requires_action', by: 'provider', to: 'captured_late' },
      { from: 'processing', by: 'provider', to: 'captured_late' },
      { from: 'authorized', by: 'provider', to: 'captured_late' },
      { from: 'unknown', by: 'provider', to: 'captured_late' },
      { from: 'failed', by: 'provider', to: 'captured_late' },
      { from: 'cancelled', by: 'provider', to: 'captured_late' },
      { from: 'expired', by: 'provider', to: 'captured_late' },
    ],
    fail: [
      { from: 'created', by: 'provider', to: 'failed' },
      { from: 'requires_action', by: 'provider', to: 'failed' },
      { from: 'processing', by: 'provider', to: 'failed' },
      { from: 'authorized', by: 'provider', to: 'failed' },
      { from: 'unknown', by: 'provider', to: 'failed' },
      { from: 'unknown', by: 'system', to: 'failed' },
    ],
    cancel: [
      { from: 'created', by: 'payer', to: 'cancelled' },
      { from: 'requires_action', by: 'payer', to: 'cancelled' },
      { from: 'processing', by: 'payer', to: 'cancelled' },
      { from: 'unknown', by: 'payer', to: 'cancelled' },
      { from: 'created', by: 'system', to: 'cancelled' },
      { from: 'requires_action', by: 'system', to: 'cancelled' },
      { from: 'processing', by: 'system', to: 'cancelled' },
      { from: 'authorized', by: 'system', to: 'cancelled' },
      { from: 'unknown', by: 'system', to: 'cancelled' },
      { from: 'created', by: 'provider', to: 'cancelled' },
      { from: 'requires_action', by: 'provider', to: 'cancelled' },
      { from: 'processing', by: 'provider', to: 'cancelled' },
      { from: 'authorized', by: 'provider', to: 'cancelled' },
      { from: 'unknown', by: 'provider', to: 'cancelled' },
    ],
    expire: [
      { from: 'created', by: 'system', to: 'expired' },
      { from: 'requires_action', by: 'system', to: 'expired' },
      { from: 'processing', by: 'system', to: 'expired' },
      { from: 'authorized', by: 'system', to: 'expired' },
      { from: 'unknown', by: 'system', to: 'expired' },
    ],
    loseTrack: [{ from: 'created', by: 'system', to: 'unknown' }],
    submitAgain: [{ from: 'unknown', by: 'system', to: 'created' }],
    // Cash: due at the delivery, collected from the buyer, come in from the hub.
    oweCash: [{ from: 'created', by: 'system', to: 'cod_due' }],
    collect: [{ from: 'cod_due', by: 'hub', to: 'collected' }],
    remit: [{ from: 'collected', by: 'hub', to: 'remitted' }],
    // No cash of it is due any more: its orders came to nothing.
    waive: [{ from: 'cod_due', by: 'system', to: 'cancelled' }],
  },
});

/**
 * Money on its way back. Approved from the start: what asks for an approval is asked before. A wallet's part arrives
 * at once; what a provider could not give back is credited to the wallet instead, so that `failed` and `reversed` mean
 * that it is there.
 */
export const refundMachine = defineMachine({
  name: 'refund',
  initial: 'approved',
  states: ['approved', 'submitted', 'pending', 'succeeded', 'failed', 'reversed'],
  moves: {
    credit: [{ from: 'approved', by: 'system', to: 'succeeded' }],
    submit: [{ from: 'approved', by: 'system', to: 'submitted' }],
    // The payer's bank has given them the money.
    overtake: [{ from: 'approved', by: 'system', to: 'failed' }],
    pend: [{ from: 'submitted', by: 'provider', to: 'pending' }],
    succeed: [
      { from: 'submitted', by: 'provider', to: 'succeeded' },
      { from: 'pending', by: 'provider', to: 'succeeded' },
    ],
    fail: [
      { from: 'submitted', by: 'provider', to: 'failed' },
      { from: 'pending', by: 'provider', to: 'failed' },
    ],
    // The money came back to us after the provider had called the refund done.
    reverse: [{ from: 'succeeded', by: 'provider', to: 'reversed' }],
  },
});

export type PaymentState = (typeof paymentMachine)['states'][number];
export type RefundState = (typeof refundMachine)['states'][number];

/** States in which an attempt is under way; a group has at most one such attempt. */
export const openStates = [
  'created',
  'requires_action',
  'processing',
  'authorized',
  'unknown',
] as const satisfies readonly PaymentState[];
