/** One step of a behaviour: so many confirmation times after the one before. */
export interface Step<Status extends string> {
  readonly after: number;
  readonly to: Status;
}

export type ChargeStatus = 'requires_action' | 'processing' | 'authorized' | 'captured' | 'failed' | 'cancelled';

export interface ChargeScript {
  readonly begins?: ChargeStatus;
  readonly steps: readonly Step<ChargeStatus>[];
  /** It is captured in so many parts, one a step. */
  readonly parts?: number;
  /** It charges, and does not answer. */
  readonly isSilent?: boolean;
  /** It cannot be stopped once begun. */
  readonly isFinal?: boolean;
  /** Each report is sent so many times. */
  readonly copies?: number;
  /** The present is reported before the past. */
  readonly isReordered?: boolean;
  readonly refunds?: RefundBehaviour;
  readonly chargeback?: ChargebackBehaviour;
}

const captured = [{ after: 1, to: 'captured' }] as const;

/** How a charge goes. docs/MONEY.md lists all with the amounts that call for them. */
export const chargeScripts = {
  succeed: { steps: captured },
  decline: { steps: [{ after: 1, to: 'failed' }] },
  slow: { steps: [{ after: 10, to: 'captured' }] },
  late: { steps: [{ after: 60, to: 'captured' }], isFinal: true },
  duplicate: { steps: captured, copies: 3 },
  reorder: { steps: captured, isReordered: true },
  timeout: { steps: captured, isSilent: true },
  requires_action: { begins: 'requires_action', steps: [{ after: 1, to: 'processing' }, ...captured] },
  authorize_only: { steps: [{ after: 1, to: 'authorized' }] },
  partial_captures: {
    steps: [
      { after: 1, to: 'authorized' },
      { after: 1, to: 'captured' },
    ],
    parts: 2,
  },
  refund_fails: { steps: captured, refunds: 'fails' },
  refund_reverses: { steps: captured, refunds: 'reverses' },
  chargeback_won: { steps: captured, chargeback: 'won' },
  chargeback_lost: { steps: captured, chargeback: 'lost' },
  chargeback_warning: { steps: captured, chargeback: 'warning' },
} as const satisfies Readonly<Record<string, ChargeScript>>;
export type Behaviour = keyof typeof chargeScripts;

export const scriptOf = (behaviour: Behaviour): ChargeScript => chargeScripts[behaviour];

/** Amounts that end in these digits (minor units) misbehave; all others succeed. */
export const behaviourByAmount: Readonly<Record<number, Behaviour>> = {
  9951: 'decline',
  9952: 'duplicate',
  9953: 'late',
  9954: 'timeout',
  9955: 'reorder',
  9956: 'refund_fails',
  9957: 'requires_action',
  9958: 'authorize_only',
  9959: 'partial_captures',
  9960: 'refund_reverses',
  9961: 'chargeback_won',
  9962: 'chargeback_lost',
  9963: 'chargeback_warning',
  9964: 'slow',
};

export type RefundStatus = 'pending' | 'succeeded' | 'failed';
export const refundScripts = {
  succeed: [{ after: 1, to: 'succeeded' }],
  fails: [{ after: 1, to: 'failed' }],
  reverses: [
    { after: 1, to: 'succeeded' },
    { after: 1, to: 'failed' },
  ],
} as const satisfies Readonly<Record<string, readonly Step<RefundStatus>[]>>;
export type RefundBehaviour = keyof typeof refundScripts;

export type PayoutStatus = 'pending' | 'paid' | 'failed';
export const payoutScripts = {
  paid: [{ after: 1, to: 'paid' }],
  payout_fails: [{ after: 1, to: 'failed' }],
  payout_fails_later: [
    { after: 1, to: 'paid' },
    { after: 1, to: 'failed' },
  ],
} as const satisfies Readonly<Record<string, readonly Step<PayoutStatus>[]>>;
export type PayoutBehaviour = keyof typeof payoutScripts;

export const payoutByAmount: Readonly<Record<number, PayoutBehaviour>> = {
  9971: 'payout_fails',
  9972: 'payout_fails_later',
};

export const chargebackStatuses = [
  'warning_needs_response',
  'warning_closed',
  'needs_response',
  'under_review',
  'won',
  'lost',
] as const;
export type ChargebackStatus = (typeof chargebackStatuses)[number];

const opened = [
  { after: 1, to: 'warning_needs_response' },
  { after: 1, to: 'needs_response' },
] as const;

/** What follows a capture. The money is withdrawn with `needs_response`, and given back with `won`. */
export const chargebackScripts = {
  won: [...opened, { after: 5, to: 'won' }],
  lost: [...opened, { after: 5, to: 'lost' }],
  warning: [
    { after: 1, to: 'warning_needs_response' },
    { after: 1, to: 'warning_closed' },
  ],
} as const satisfies Readonly<Record<string, readonly Step<ChargebackStatus>[]>>;
export type ChargebackBehaviour = keyof typeof chargebackScripts;

export const withdrawnIn: readonly ChargebackStatus[] = ['needs_response', 'under_review', 'lost'];
