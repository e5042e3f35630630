import { sql } from 'kysely';
import { z } from 'zod';
import type { Sql } from '../kernel/define.ts';
import { ListingId } from '../catalog/index.ts';

const topListingsMax = 10;
/** States of orders that were paid for and are neither given back nor called off. */
const earning = sql`('placed', 'accepted', 'ready_for_pickup', 'delivered', 'received', 'completed')`;

/** What a shop sold in a time, its work that waits, and what does well. Money is per currency and never converted. */
export const ShopFigures = z.object({
  ordersByState: z.record(z.string(), z.int()),
  revenue: z.array(z.object({ currency: z.string(), orders: z.int(), grossMinor: z.int() })),
  days: z.array(
    z.object({
      day: z.string().describe('UTC, 2026-11-26'),
      currency: z.string(),
      orders: z.int(),
      grossMinor: z.int(),
    }),
  ),
  topListings: z.array(
    z.object({
      listingId: ListingId,
      title: z.string(),
      unitsSold: z.int(),
      currency: z.string(),
      grossMinor: z.int(),
      views: z.int(),
      favourites: z.int(),
    }),
  ),
  listingsByState: z.record(z.string(), z.int()),
  customers: z.int().describe('Different buyers of paid orders.'),
  returningCustomers: z.int().describe('Of them, those with more than one.'),
});

export interface Period {
  readonly sellerId: string;
  readonly start: Date;
  /** Not included. */
  readonly end: Date;
}

/** The figures of one seller, by several statements: what happens meanwhile may be in some and not in others. */
export async function shopFigures(db: Sql, period: Period): Promise<z.input<typeof ShopFigures>> {
  const days = await revenueByDay(db, period);
  const byCurrency = Map.groupBy(days, ({ currency }) => currency);
  return {
    ordersByState: await countByState(db, ordersOf(period)),
    revenue: [...byCurrency].map(([currency, own]) => ({
      currency,
      orders: own.reduce((sum, { orders }) => sum + orders, 0),
      grossMinor: own.reduce((sum, { grossMinor }) => sum + grossMinor, 0),
    })),
    days,
    topListings: await topListings(db, period),
    listingsByState: await countByState(db, sql`select state from listing where seller_id = ${period.sellerId}`),
    ...(await customersOf(db, period)),
  };
}

function ordersOf({ sellerId, start, end }: Period) {
  return sql`
    select * from sub_order where seller_id = ${sellerId}
      and created_at >= ${start.toISOString()}::timestamptz and created_at < ${end.toISOString()}::timestamptz`;
}

async function countByState(db: Sql, rowsWithState: ReturnType<typeof ordersOf>): Promise<Record<string, number>> {
  const { rows } = await sql<{ state: string; n: number }>`
    select state, count(*)::int as n from (${rowsWithState}) r group by state order by state`.execute(db);
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
}

async function revenueByDay(db: Sql, period: Period) {
  const { rows } = await sql<{ day: string; currency: string; orders: number; gross: string }>`
    select to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') as day, currency, count(*)::int as orders,
           sum(total_minor)::text as gross
    from (${ordersOf(period)}) o where state in ${earning}
    group by 1, 2 order by 1, 2`.execute(db);
  return rows.map(({ gross, ...day }) => ({ ...day, grossMinor: Number(gross) }));
}

async function topListings(db: Sql, period: Period) {
  const { rows } = await sql<TopRow>`
    with sold as (
      select line.listing_id, o.currency, sum(line.quantity)::int as units, sum(line.total_minor) as gross
      from (${ordersOf(period)}) o join order_line line on line.order_id = o.id
      where o.state in ${earning} group by 1, 2 order by gross desc, line.listing_id limit ${topListingsMax}
    )
    select sold.listing_id, listing.title, sold.currency, sold.units, sold.gross::text,
           coalesce(counter.views, 0)::int as views, coalesce(counter.favourites, 0)::int as favourites
    from sold join listing on listing.id = sold.listing_id
    left join listing_counter counter on counter.listing_id = sold.listing_id
    order by sold.gross desc, sold.listing_id`.execute(db);
  return rows.map(({ listing_id: listingId, units: unitsSold, gross, ...rest }) => ({
    ...rest,
    listingId,
    unitsSold,
    grossMinor: Number(gross),
  }));
}

interface TopRow {
  readonly listing_id: ListingId;
  readonly title: string;
  readonly currency: string;
  readonly units: number;
  readonly gross: string;
  readonly views: number;
  readonly favourites: number;
}

async function customersOf(db: Sql, period: Period) {
  const { rows } = await sql<{ customers: number; returning: number }>`
    select count(*)::int as customers, (count(*) filter (where orders > 1))::int as returning
    from (select buyer_id, count(*) as orders from (${ordersOf(period)}) o
          where state in ${earning} group by buyer_id) b`.execute(db);
  return { customers: rows[0]?.customers ?? 0, returningCustomers: rows[0]?.returning ?? 0 };
}
