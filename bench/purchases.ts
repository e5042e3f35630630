import pg from 'pg';
import { bankReports, openBank, type Till } from '../test/payments/bank.ts';
import { createListing } from '../test/support/listings.ts';
import { transact } from '../test/support/transact.ts';
import { accounts, postTransfer } from '../src/domain/ledger/index.ts';
import type { BenchMarket } from './market.ts';
import { addressOf, many, Wire } from './wire.ts';

export const priceMinor = 2_500;
const walletMinor = 1_000_000_000;

type User = BenchMarket['users'][number];

/** How a checkout is paid: in the command that asks for it, or by a provider that reports by webhook. */
export type Method = 'wallet' | 'sandbox';

export interface Town {
  readonly market: BenchMarket;
  readonly buyers: readonly User[];
  readonly listingIds: readonly string[];
}

/** Listings with stock for everyone, and buyers with money in their wallets. */
export async function settle(market: BenchMarket, sellers: number): Promise<Town> {
  const { harness, users } = market;
  const fields = { quantity: 100_000, priceMinor, currency: 'USD' };
  const listings = await many(sellers, (index) => createListing(harness, users[index]!, fields), 8);
  const buyers = users.slice(sellers);
  await many(buyers.length, (index) => give(market, buyers[index]!), 8);
  return { market, buyers, listingIds: listings.map(({ id }) => id) };
}

function give({ harness }: BenchMarket, { actor }: User): Promise<string> {
  const postings = [
    { account: accounts.promo, amountMinor: -walletMinor },
    { account: accounts.available(actor.userId), amountMinor: walletMinor },
  ];
  const reference = crypto.randomUUID();
  return transact(harness, (tx) => postTransfer(tx, { kind: 'promo.credit', reference, currency: 'USD', postings }));
}

const input = {
  item: (listingId: string) => ({ listingId, quantity: 1 }),
  checkout: (method: Method) => ({ delivery: { method: 'pickup' }, paymentMethod: method }),
  payment: (orderGroupId: string, method: Method) => ({ orderGroupId, method }),
};

/** One checkout in the pipeline itself, with everything that the market and the provider do for it. */
export async function buyHere({ market, listingIds }: Town, buyer: User, method: Method): Promise<void> {
  const { harness } = market;
  const till = method === 'sandbox' ? tillOf(market) : null;
  await harness.ok(buyer, 'cart.setItem', input.item(listingIds[0]!));
  const { id } = await harness.ok<{ id: string }>(buyer, 'cart.checkout', input.checkout(method));
  await harness.ok(buyer, 'payments.start', input.payment(id, method));
  if (!till) return;
  await harness.runJob('payments.submit');
  await bankReports(harness, till);
}

const tills = new WeakMap<BenchMarket, Till>();

function tillOf(market: BenchMarket): Till {
  const till = tills.get(market) ?? openBank(market.harness);
  tills.set(market, till);
  return till;
}

/** A buyer at a socket, who hears there that an order is placed. */
interface Shopper {
  readonly wire: Wire;
  readonly awaited: Map<string, () => void>;
}

export async function connectShoppers(url: string, buyers: readonly User[]): Promise<Shopper[]> {
  return many(buyers.length, async (index) => {
    const awaited: Shopper['awaited'] = new Map();
    const onFrame = (frame: string) => hear(frame, awaited);
    const auth = { token: buyers[index]!.token };
    return { wire: await Wire.connect(url, { auth, ip: addressOf(index), awaitReady: true, onFrame }), awaited };
  });
}

interface Told {
  readonly events: readonly { readonly data: { readonly orderGroupId?: string; readonly state?: string } }[];
}

function hear(frame: string, awaited: Shopper['awaited']): void {
  if (!frame.startsWith('42["inbox",') || !frame.includes('"placed"')) return;
  const [, { events }] = JSON.parse(frame.slice(2)) as [string, Told];
  for (const { data } of events) {
    if (data.orderGroupId === undefined || data.state !== 'placed') continue;
    awaited.get(data.orderGroupId)?.();
    awaited.delete(data.orderGroupId);
  }
}

const placedWithinMs = 60_000;

/** Cart, checkout and payment at a socket, until the buyer's inbox tells that the order is placed. */
export async function buy({ wire, awaited }: Shopper, listingId: string, method: Method): Promise<void> {
  await ask(wire, 'cart.setItem', input.item(listingId));
  const { id } = await ask(wire, 'cart.checkout', input.checkout(method));
  const placed = Promise.withResolvers<void>();
  awaited.set(id!, placed.resolve);
  const timeout = setTimeout(() => placed.reject(new Error(`group ${id} was not placed in time`)), placedWithinMs);
  await ask(wire, 'payments.start', input.payment(id!, method));
  await placed.promise.finally(() => clearTimeout(timeout));
}

async function ask(wire: Wire, name: string, data: object): Promise<{ id?: string }> {
  const reply = await wire.call(name, data);
  if (reply.error) throw new Error(`${name}: ${reply.error.code}`);
  return reply.data as { id?: string };
}

/** Orders that are placed, and those of them whose whole price is in escrow. */
export async function placedAndFunded(databaseUrl: string): Promise<{ placed: number; funded: number }> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ placed: number; funded: number }>(`
      select count(*)::int as placed, count(e.order_id)::int as funded
      from sub_order o left join escrow e
        on e.order_id = o.id and e.state = 'held' and e.funded_minor = o.total_minor
      where o.state = 'placed'`);
    return rows[0]!;
  } finally {
    await client.end();
  }
}
