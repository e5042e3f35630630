import fc from 'fast-check';
import type { Behaviour } from '../../../src/domain/payments/sandbox/behaviours.ts';

/** What one of the actors does, or what happens to all of them. */
const deeds = {
  place: 8,
  pay: 8,
  payFromWallet: 2,
  cancelPayment: 1,
  cancelOrder: 3,
  accept: 5,
  reject: 2,
  ready: 4,
  handOver: 4,
  receive: 3,
  bank: 8,
  jobs: 4,
  wait: 3,
} as const;
export type Deed = keyof typeof deeds;

export interface Step {
  readonly do: Deed;
  /** Which buyer. */
  readonly who: number;
  /** Which listing, order or payment, of those there are. */
  readonly which: number;
  readonly quantity: number;
  readonly behaviour: Behaviour;
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

const step: fc.Arbitrary<Step> = fc.record({
  do: fc.oneof(
    ...(Object.entries(deeds) as [Deed, number][]).map(([name, weight]) => ({
      weight,
      arbitrary: fc.constant(name),
    })),
  ),
  who: fc.nat({ max: 1 }),
  which: fc.nat({ max: 7 }),
  quantity: fc.integer({ min: 1, max: 2 }),
  behaviour: fc.constantFrom(
    'succeed',
    'succeed',
    'decline',
    'duplicate',
    'late',
    'timeout',
    'reorder',
    'refund_fails',
  ),
  minutes: fc.constantFrom(1, 6, 16, 61, 4_321, 10_081),
  atOnce: fc.boolean(),
});

/** A history in which nobody wants anything shows nothing. */
const purchase = step.map((wanted) => ({ ...wanted, do: 'place' as const }));

const priceMinor = fc.constantFrom(1, 2, 3, 7, 100, 999, 2_500, 123_456);

export const plans: fc.Arbitrary<Plan> = fc.record({
  currency: fc.constantFrom('USD', 'JPY'),
  stock: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 4 })),
  pricesMinor: fc.tuple(priceMinor, priceMinor),
  walletMinor: fc.constantFrom(0, 5, 1_000, 100_000),
  steps: fc
    .tuple(purchase, purchase, fc.array(step, { minLength: 4, maxLength: 20, size: 'max' }))
    .map(([first, second, rest]) => [first, second, ...rest]),
});
