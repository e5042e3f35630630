import pg from 'pg';
import { pickup } from '../test/orders/stall.ts';
import { createListing } from '../test/support/listings.ts';
import type { TestUser } from '../test/support/harness.ts';
import type { BenchMarket } from './market.ts';
import { many } from './wire.ts';

/** A shop that many people are about to buy from: sellers' listings with stock for everyone. */
export interface Stalls {
  readonly listingIds: readonly string[];
  readonly buyers: readonly TestUser[];
  /** One order that was really placed; the others are copies of its rows. */
  readonly templateId: string;
}

const stockEach = 100_000;

/** The first people of the market sell, the others buy. */
export async function openStalls(
  { harness, users }: BenchMarket,
  { sellers, listingsEach }: { sellers: number; listingsEach: number },
): Promise<Stalls> {
  const make = (index: number) =>
    createListing(harness, users[index % sellers]!, { quantity: stockEach, priceMinor: 2_500 });
  const listings = await many(sellers * listingsEach, make, 8);
  const buyers = users.slice(sellers);
  const input = { listingId: listings[0]!.id, quantity: 1, ...pickup };
  const { id: templateId } = await harness.ok<{ id: string }>(buyers[0]!, 'orders.place', input);
  return { listingIds: listings.map(({ id }) => id), buyers, templateId };
}

/** When the unpaid groups end: all at one moment, or one after the other. */
export interface Due {
  readonly count: number;
  readonly fromMs: number;
  readonly perSecond: number | null;
}

/**
 * Writes unpaid groups straight to the database, each with one order of one line and its reservation, spread over the
 * buyers and listings. Placing a hundred thousand one by one would take longer than everything that is measured.
 */
export async function writeUnpaid(databaseUrl: string, stalls: Stalls, due: Due): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('begin');
    await fillPlan(client, stalls, due);
    await copyRows(client, { table: 'order_group', of: `id = '${stalls.templateId}'` }, groupColumns);
    await copyRows(client, { table: 'sub_order', of: `group_id = '${stalls.templateId}'` }, orderColumns);
    await copyRows(client, { table: 'order_line', of: templateLine(stalls.templateId) }, lineColumns);
    await copyRows(client, { table: 'reservation', of: `holder_id = '${stalls.templateId}'` }, reservationColumns);
    await client.query(`
      update listing set reserved = reserved + taken.units
      from (select listing_id, count(*)::int as units from bench_unpaid group by 1) taken where id = listing_id`);
    await client.query('drop table bench_unpaid');
    await client.query('commit');
    await client.query('analyze');
  } finally {
    await client.end();
  }
}

async function fillPlan(client: pg.Client, { listingIds, buyers }: Stalls, due: Due): Promise<void> {
  const { count, fromMs, perSecond } = due;
  const step = perSecond === null ? "interval '0'" : `n * interval '1 second' / ${perSecond}`;
  const plan = `
    create temporary table bench_unpaid as
    select gen_random_uuid() as group_id, gen_random_uuid() as order_id, buyer.id as buyer_id,
      listing.id as listing_id, listing.seller_id,
      to_timestamp(${fromMs} / 1000.0) + ${step} as deadline
    from generate_series(0, ${count - 1}) n
    join unnest('{${buyers.map(({ id }) => id).join(',')}}'::uuid[]) with ordinality as buyer (id, place)
      on buyer.place = n % ${buyers.length} + 1
    join unnest('{${listingIds.join(',')}}'::uuid[]) with ordinality as wanted (id, place)
      on wanted.place = n % ${listingIds.length} + 1
    join listing on listing.id = wanted.id`;
  await client.query(plan);
}

const templateLine = (groupId: string) =>
  `order_id in (select id from sub_order where group_id = '${groupId}' limit 1)`;

const groupColumns = { id: 'n.group_id', buyer_id: 'n.buyer_id', deadline: 'n.deadline' };
const orderColumns = {
  id: 'n.order_id',
  group_id: 'n.group_id',
  buyer_id: 'n.buyer_id',
  seller_id: 'n.seller_id',
  deadline: 'n.deadline',
};
const lineColumns = { id: 'gen_random_uuid()', order_id: 'n.order_id', listing_id: 'n.listing_id' };
const reservationColumns = {
  id: 'gen_random_uuid()',
  holder_id: 'n.group_id',
  listing_id: 'n.listing_id',
  expires_at: `n.deadline + interval '1 hour'`,
};

/** Copies the template's row for each planned group, all columns but those given. */
async function copyRows(
  client: pg.Client,
  { table, of }: { table: string; of: string },
  changed: Readonly<Record<string, string>>,
): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select column_name as name from information_schema.columns
     where table_name = $1 and table_schema = 'public' and is_generated = 'NEVER'`,
    [table],
  );
  const names = rows.map(({ name }) => name);
  const values = names.map((name) => changed[name] ?? `template.${name}`);
  await client.query(`
    insert into ${table} (${names.join(', ')})
    select ${values.join(', ')} from bench_unpaid n, (select * from ${table} where ${of}) template`);
}
