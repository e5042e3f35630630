import fc from 'fast-check';
import type { Behaviour, PayoutBehaviour } from '../../../src/domain/payments/sandbox/behaviours.ts';

/** What one of the actors does, or what happens to all of them, and how often. */
const deeds = {
  // The next thing that leads an order to its end, so that histories come that far.
  advance: 30,
  // A buyer.
  place: 4,
  checkOut: 2,
  pay: 5,
  payFromWallet: 2,
  payCash: 4,
  cancelPayment: 1,
  cancelOrder: 2,
  receive: 3,
  askBack: 8,
  takeBackAsk: 1,
  dispute: 9,
  withdrawDispute: 1,
  // A seller.
  accept: 3,
  reject: 1,
  ready: 2,
  handOver: 2,
  pack: 2,
  approve: 7,
  deny: 3,
  answer: 3,
  concede: 3,
  evidence: 1,
  // A hub and its courier.
  carry: 4,
  collect: 2,
  fail: 2,
  sendBack: 1,
  closeDay: 3,
  // Staff.
  decide: 5,
  capture: 2,
  stopPayout: 1,
  sendPayouts: 2,
  // Everybody.
  topUp: 4,
  withdraw: 4,
  onboard: 2,
  takeFee: 2,
  endTake: 1,
  // The bank.
  bank: 8,
  object: 6,
  repeat: 2,
  recall: 2,
  cutLine: 1,
  // Time, and what it makes of everything.
  job: 6,
  jobs: 2,
  wait: 2,
} as const;
export type Deed = keyof typeof deeds;

export interface Step {
  readonly do: Deed;
  /** Which buyer, or which side does it. */
  readonly who: number;
  /** Which listing, order, payment or job, of those there are. */
  readonly which: number;
  readonly quantity: number;
  /** Per cent of an amount. */
  readonly share: number;
  readonly way: 'pickup' | 'hub' | 'courier';
  readonly hasPromo: boolean;
  readonly behaviour: Behaviour;
  readonly payoutBehaviour: PayoutBehaviour;
  readonly objection: 'chargeback_won' | 'chargeback_lost' | 'chargeback_warning';
  /** Minutes that pass; some deadlines are minutes away, some days. */
  readonly minutes: number;
  /** Done at the same moment as the step before. */
  readonly atOnce: boolean;
}

/** One history on a market of its own: two buyers, two sellers with a listing each. */
export interface Plan {
  readonly currency: 'USD' | 'JPY';
  /** Of each listing; the first ones are small on purpose, so that buyers meet at the last unit. */
  readonly stock: readonly [number, number];
  readonly pricesMinor: readonly [number, number];
  readonly walletMinor: number;
  readonly steps: readonly Step[];
}

/** The money comes at once, whatever follows. */
const smooth = fc.constantFrom<Behaviour>(
  'succeed',
  'succeed',
  'succeed',
  'duplicate',
  'reorder',
  'refund_fails',
  'refund_reverses',
  'chargeback_won',
  'chargeback_lost',
  'chargeback_warning',
);
const rough = fc.constantFrom<Behaviour>(
  'decline',
  'late',
  'slow',
  'timeout',
  'requires_action',
  'authorize_only',
  'partial_captures',
);

const step: fc.Arbitrary<Step> = fc.record({
  do: fc.oneof(
    ...(Object.entries(deeds) as [Deed, number][]).map(([name, weight]) => ({
      weight,
      arbitrary: fc.constant(name),
    })),
  ),
  who: fc.nat({ max: 1 }),
  which: fc.nat({ max: 23 }),
  quantity: fc.integer({ min: 1, max: 2 }),
  share: fc.constantFrom(0, 1, 33, 50, 66, 99, 100, 100),
  way: fc.constantFrom('pickup', 'hub', 'courier'),
  hasPromo: fc.boolean(),
  behaviour: fc.oneof({ weight: 2, arbitrary: smooth }, { weight: 1, arbitrary: rough }),
  payoutBehaviour: fc.constantFrom('paid', 'payout_fails', 'payout_fails_later'),
  objection: fc.constantFrom('chargeback_won', 'chargeback_lost', 'chargeback_lost', 'chargeback_warning'),
  minutes: fc.constantFrom(1, 1, 6, 6, 16, 61, 1_441, 4_321, 10_081),
  atOnce: fc.boolean(),
});

/** Short, so that CI plays many; longer on demand. */
const stepsMax = Number(process.env.SIMULATION_STEPS ?? 16);

/** A history in which nobody wants anything shows nothing: two buy, and one of them gets some way. */
const purchase = step.map((wanted) => ({ ...wanted, do: 'place' as const }));
const progress = fc.array(
  fc
    .tuple(step, smooth)
    .map(([wanted, behaviour]) => ({ ...wanted, behaviour, do: 'advance' as const, which: 0, atOnce: false })),
  { maxLength: 9, size: 'max' },
);

const priceMinor = fc.constantFrom(1, 3, 7, 100, 999, 999, 2_500, 2_500, 123_456);

export const plans: fc.Arbitrary<Plan> = fc.record({
  currency: fc.constantFrom('USD', 'JPY'),
  stock: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 6 })),
  pricesMinor: fc.tuple(priceMinor, priceMinor),
  walletMinor: fc.constantFrom(0, 5, 1_000, 5_000),
  steps: fc
    .tuple(purchase, progress, purchase, fc.array(step, { minLength: 4, maxLength: stepsMax, size: 'max' }))
    .map(([first, on, second, rest]) => [first, ...on, second, ...rest]),
});
