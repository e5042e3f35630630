import { sql } from 'kysely';
import { z } from 'zod';
import { defineQuery, type Sql } from '../../kernel/define.ts';
import { Currency } from '../../kernel/money.ts';
import { orNull } from '../../kernel/or-null.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { OrderId } from '../../orders/index.ts';
import { PayoutId, payoutMethods } from '../entities.ts';
import { payoutMachine } from '../machine.ts';

const Transaction = z.object({
  orderId: OrderId,
  role: z.enum(['buyer', 'seller']),
  /** Of the order's escrow. */
  state: z.string(),
  currency: Currency,
  /** Bought: what the buyer pays. Sold: what the order released, before all that is taken off it. */
  amountMinor: z.int(),
  /** What has gone back to the buyer, or is on its way. */
  refundedMinor: z.int(),
  /** What providers captured of it, with their ids. */
  payments: z.array(z.object({ provider: z.string(), providerRef: orNull(z.string()), amountMinor: z.int() })),
  /** What became of what was released; null for the buyer. */
  sale: orNull(
    z.object({
      feeMinor: z.int(),
      deliveryMinor: z.int(),
      /** Taken for what the seller owed. */
      debtMinor: z.int(),
      reserveMinor: z.int(),
      /** Until when the reserve is kept; null when there is none any more. */
      reserveUntil: orNull(Timestamp),
      payoutMinor: z.int(),
      payout: orNull(
        z.object({
          id: PayoutId,
          state: z.enum(payoutMachine.states),
          method: z.enum(payoutMethods),
          provider: orNull(z.string()),
          providerRef: orNull(z.string()),
        }),
      ),
    }),
  ),
  /** When it was paid, or for the seller released. */
  at: Timestamp,
});
type Transaction = z.input<typeof Transaction>;

interface Asked {
  readonly userId: string;
  readonly after: readonly [string, string] | null;
  readonly limit: number;
}

type Row = Omit<Transaction, 'at' | 'amountMinor' | 'refundedMinor'> & {
  readonly at: Date;
  readonly amount: string;
  readonly refunded: string;
};

export const listTransactions = defineQuery({
  name: 'transactions.list',
  access: 'user',
  summary:
    'Your purchases, or the orders that were released to you with what was taken off and paid out, newest first.',
  input: z.strictObject({ as: z.enum(['buyer', 'seller']), ...pageInput }),
  output: page(Transaction),
  errors: [],
  async run({ input: { as, cursor, limit }, actor: { userId }, sql: plain }) {
    const asked = { userId, limit: limit + 1, after: decodeCursor(cursor, z.tuple([Timestamp, OrderId])) };
    const rows = await (as === 'buyer' ? bought(plain, asked) : released(plain, asked));
    return cutPage(rows, limit, {
      item: ({ amount, refunded, at, ...row }): Transaction => ({
        ...row,
        amountMinor: Number(amount),
        refundedMinor: Number(refunded),
        at: iso(new Date(at)),
      }),
      key: ({ at, orderId }) => [iso(new Date(at)), orderId],
    });
  },
});

/** What the buyer's own parts of an order's escrow are, in all and by provider. */
const ownParts = sql`
  lateral (
    select coalesce(sum(p.amount_minor), 0) as paid, coalesce(sum(p.returned_minor), 0) as returned,
           coalesce(jsonb_agg(jsonb_build_object('provider', c.provider, 'providerRef', c.provider_ref,
                                                'amountMinor', p.amount_minor)) filter (where c.id is not null),
                    '[]') as payments
    from escrow_part p left join payment c on p.source = 'payment' and c.id = p.source_id
    where p.order_id = e.order_id and p.source <> 'promo') parts`;

async function bought(db: Sql, { userId, after, limit }: Asked): Promise<Row[]> {
  const [at, orderId] = after ?? [null, null];
  const { rows } = await sql<Row>`
    select e.order_id as "orderId", 'buyer' as role, e.state, e.currency, e.created_at as at,
           (parts.paid + case when e.cash_state = 'due' then e.cash_minor else 0 end)::text as amount,
           parts.returned::text as refunded, parts.payments, null as sale
    from escrow e cross join ${ownParts}
    where e.buyer_id = ${userId}
      and (${at}::timestamptz is null or (e.created_at, e.order_id) < (${at}::timestamptz, ${orderId}::uuid))
    order by e.created_at desc, e.order_id desc limit ${limit}`.execute(db);
  return rows;
}

async function released(db: Sql, { userId, after, limit }: Asked): Promise<Row[]> {
  const [at, orderId] = after ?? [null, null];
  const { rows } = await sql<Row>`
    select e.order_id as "orderId", 'seller' as role, e.state, e.currency, e.released_at as at,
           e.released_minor::text as amount, parts.returned::text as refunded, parts.payments,
           jsonb_build_object(
             'feeMinor', taken.fee, 'deliveryMinor', taken.delivery, 'debtMinor', taken.debt,
             'reserveMinor', e.reserve_minor, 'reserveUntil', to_char(e.reserve_until at time zone 'UTC',
               'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
             'payoutMinor', e.payout_minor,
             'payout', case when o.id is not null then jsonb_build_object(
               'id', o.id, 'state', o.state, 'method', o.method, 'provider', o.provider,
               'providerRef', o.provider_ref) end) as sale
    from escrow e cross join ${ownParts}
    cross join lateral (
      select coalesce(sum(p.amount_minor) filter (where a.code = 'platform:fees'), 0) as fee,
             coalesce(sum(p.amount_minor) filter (where a.code = 'platform:delivery'), 0) as delivery,
             coalesce(sum(p.amount_minor) filter (where a.code like 'debt:%'), 0) as debt
      from ledger_transfer t
      join ledger_posting p on p.transfer_id = t.id
      join ledger_account a on a.id = p.account_id
      where t.kind = 'order.release' and t.reference = e.order_id::text) taken
    left join payout o on o.kind = 'release' and o.order_id = e.order_id
    where e.seller_id = ${userId} and e.released_at is not null
      and (${at}::timestamptz is null or (e.released_at, e.order_id) < (${at}::timestamptz, ${orderId}::uuid))
    order by e.released_at desc, e.order_id desc limit ${limit}`.execute(db);
  return rows;
}
