import { sql } from 'kysely';
import { z } from 'zod';
import { EscrowEntity, type Escrow } from '../../escrow/index.ts';
import { defineQuery, type Sql } from '../../kernel/define.ts';
import { Currency } from '../../kernel/money.ts';
import { orNull } from '../../kernel/or-null.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { findOwnOrder, OrderId, type OrderSide } from '../../orders/index.ts';
import { holders, placeOf, sumByHolder, type Booked } from '../statements/holders.ts';

const Share = z.object({ holder: z.enum(holders), amountMinor: z.int() });

const OrderStatement = z.object({
  orderId: OrderId,
  role: z.enum(['buyer', 'seller']),
  currency: Currency,
  /** What the buyer pays in all. */
  totalMinor: z.int(),
  /** What the buyer has paid of it; cash counts once it is collected. */
  paidMinor: z.int(),
  /** What the market has paid for a discount. */
  discountMinor: z.int(),
  /** Where cash of the order is. */
  cash: orNull(z.enum(['due', 'collected', 'remitted'])),
  /** Who has the money now; the sum is what was paid, with the discount. */
  holders: z.array(Share),
  /** What ends by itself, and when: the buyer's receipt releases the escrow, and the reserve goes to the seller. */
  releases: z.array(z.object({ what: z.enum(['escrow', 'reserve']), at: Timestamp })),
  transfers: z.array(z.object({ kind: z.string(), at: Timestamp, moves: z.array(Share) })),
  serverNow: Timestamp,
});

/** Transfers of one order: some of its own, and two for each refund of a part. */
const transfersMax = 500;

export const orderStatement = defineQuery({
  name: 'orders.statement',
  access: 'user',
  current: true,
  summary: 'Where the money of an order is, what is released when, and each transfer about it, as the books have it.',
  input: z.strictObject({ orderId: OrderId }),
  output: OrderStatement,
  errors: ['orders.not_found'],
  async run({ input: { orderId }, actor: { userId }, db, sql: plain, now, fail }) {
    const found = await findOwnOrder(db, { orderId, userId });
    if (!found) return fail('orders.not_found');
    const { order, side } = found;
    const escrow = await db.findOne(EscrowEntity, { orderId });
    const transfers = await transfersOf(plain, orderId);
    const all = transfers.flatMap(({ booked }) => booked);
    return {
      orderId,
      role: side,
      currency: order.currency,
      totalMinor: order.totalMinor,
      paidMinor: paidBy('buyer', all),
      discountMinor: paidBy('market', all),
      cash: escrow?.cashState ?? null,
      holders: sumByHolder(side, all),
      releases: [
        ...(order.state === 'delivered' && order.deadline
          ? [{ what: 'escrow' as const, at: iso(order.deadline) }]
          : []),
        ...reserveOf(side, escrow),
      ],
      transfers: transfers.flatMap(({ kind, at, booked }) => {
        const moves = sumByHolder(side, booked);
        return moves.length > 0 ? [{ kind, at, moves }] : [];
      }),
      serverNow: iso(await now()),
    };
  },
});

function reserveOf(side: OrderSide, escrow: Escrow | null): { what: 'reserve'; at: string }[] {
  return side === 'seller' && escrow?.reserveUntil ? [{ what: 'reserve', at: iso(escrow.reserveUntil) }] : [];
}

function paidBy(payer: 'buyer' | 'market', booked: readonly Booked[]): number {
  return booked.reduce((total, one) => {
    const place = placeOf(one);
    return 'payer' in place && place.payer === payer ? total - one.amountMinor : total;
  }, 0);
}

interface BookedTransfer {
  readonly kind: string;
  readonly at: string;
  readonly booked: readonly Booked[];
}

/** The oldest first. */
async function transfersOf(db: Sql, orderId: string): Promise<BookedTransfer[]> {
  const { rows } = await sql<{ kind: string; at: Date; booked: Omit<Booked, 'kind'>[] }>`
    select t.kind, t.at,
           jsonb_agg(jsonb_build_object('code', a.code, 'amountMinor', p.amount_minor) order by p.ord) as booked
    from ledger_transfer t
    join ledger_posting p on p.transfer_id = t.id
    join ledger_account a on a.id = p.account_id
    where t.order_id = ${orderId}
    group by t.id order by t.at, t.id limit ${transfersMax}`.execute(db);
  return rows.map(({ kind, at, booked }) => ({
    kind,
    at: iso(new Date(at)),
    booked: booked.map((one) => ({ kind, ...one })),
  }));
}
