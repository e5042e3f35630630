import { openBank, type Till } from '../../payments/bank.ts';
import { addPartner, openHub, staffOf } from '../../delivery/depot.ts';
import type { Query } from '../../support/books.ts';
import type { Harness, TestUser } from '../../support/harness.ts';
import type { Plan } from './plan.ts';

/** Where histories are played: the market, its bank, and those who work there for all of them. */
export interface Stage {
  readonly market: Harness;
  readonly till: Till;
  readonly query: Query;
  readonly depots: Readonly<Record<Plan['currency'], { hubId: string; partnerId: string; staff: TestUser }>>;
  readonly moderator: TestUser;
  readonly admin: TestUser;
  /** What broke; whoever plays looks at it after each history. */
  readonly broken: string[];
}

/** Who lives through one history, and what they have bought and begun. */
export interface Scene {
  readonly currency: Plan['currency'];
  readonly buyers: readonly TestUser[];
  readonly sellers: readonly TestUser[];
  readonly listingIds: readonly string[];
  readonly promo: string;
  readonly groups: { buyer: TestUser; id: string; orders: { id: string; seller: TestUser }[] }[];
  /** Attempts at the bank, of groups and of top-ups. */
  readonly payments: { id: string; payer: TestUser }[];
  readonly takes: string[];
}

export const peopleOf = ({ buyers, sellers }: Scene): readonly TestUser[] => [...buyers, ...sellers];

export const ordersOf = ({ groups }: Scene) =>
  groups.flatMap(({ buyer, orders }) => orders.map((order) => ({ ...order, buyer })));

export async function openStage(market: Harness, query: Query): Promise<Stage> {
  const depot = async (currency: Plan['currency']) => {
    const hubId = await openHub(market, { feeMinor: 30, currency });
    const partnerId = await addPartner(market, [hubId], { baseFeeMinor: 70, perKmMinor: 0, currency });
    return { hubId, partnerId, staff: await staffOf(market, hubId) };
  };
  return {
    market,
    till: openBank(market),
    query,
    depots: { USD: await depot('USD'), JPY: await depot('JPY') },
    moderator: await market.user({ roles: ['moderator'] }),
    admin: await market.user({ roles: ['admin'] }),
    broken: [],
  };
}

/** Makes calls; answers their data, or null where one was refused as it may be. */
export function attempt({ market, broken }: Stage, as: TestUser) {
  return async (name: string, input: object): Promise<any> => {
    const reply = await market.call(as, name, input);
    if (reply.ok) return reply.data;
    const { code } = reply.error;
    if (['internal', 'input.invalid', 'auth.forbidden'].includes(code)) broken.push(`${name} answered ${code}`);
    return null;
  };
}

export async function run({ market, broken }: Stage, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await market.runJob(name).catch((error: unknown) => broken.push(`${name} broke: ${String(error)}`));
  }
}

/** The row of a query that has one. */
export async function first<Row>({ query }: Stage, text: string): Promise<Row | null> {
  return (await query<Row>(text))[0] ?? null;
}
