import { sql } from 'kysely';
import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { MerchantId, sellersAsked } from '../../merchants/index.ts';
import { OrderEntity, type OrderId } from '../entities.ts';
import { openStates, type OrderState } from '../machine.ts';
import { withLines } from '../rows.ts';
import { OrderView, orderView } from '../views.ts';

interface Row {
  readonly state: OrderState;
  readonly total: number;
  readonly ids: OrderId[] | null;
}

export const board = defineQuery({
  name: 'orders.board',
  access: 'user',
  consistent: true,
  summary: 'What a seller has to do: the open orders by state, how many, and those whose deadline is nearest.',
  input: z.strictObject({
    merchantId: MerchantId.optional().describe('Only those of this shop.'),
    ordersPerState: z.int().min(0).max(20).default(5),
  }),
  output: z.object({
    columns: z.array(z.object({ state: z.enum(openStates), count: z.int(), orders: z.array(OrderView) })),
    serverNow: Timestamp,
  }),
  errors: ['merchants.not_found'],
  async run({ input: { merchantId, ordersPerState }, actor: { userId }, db, sql: plain, now, fail }) {
    const sellers = await sellersAsked(db, { userId, merchantId }, 'orders');
    if (!sellers) return fail('merchants.not_found');
    const theirs = sql`o.seller_id = any(${`{${sellers.join(',')}}`}::uuid[]) and o.state = states.state`;
    const { rows } = await sql<Row>`
      select states.state,
        (select count(*)::int from sub_order o where ${theirs}) as total,
        (select array_agg(first.id::text) from (
          select o.id from sub_order o where ${theirs} order by o.deadline, o.id limit ${ordersPerState}) first) as ids
      from unnest(${`{${openStates.join(',')}}`}::text[]) as states (state)`.execute(plain);
    const ids = rows.flatMap((row) => row.ids ?? []);
    const found = await withLines(db, await db.find(OrderEntity, { id: { $in: ids } }));
    const byId = new Map(found.map((order) => [order.order.id, orderView(order, 'seller')]));
    const columns = rows.map(({ state, total: count, ids: first }) => ({
      state: state as (typeof openStates)[number],
      count,
      orders: (first ?? []).flatMap((id) => byId.get(id) ?? []),
    }));
    return { columns, serverNow: iso(await now()) };
  },
});
