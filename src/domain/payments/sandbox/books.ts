import { sql } from 'kysely';
import type { Sql } from '../../kernel/define.ts';
import type { ChargebackStatus, ChargeStatus, PayoutStatus, RefundStatus } from './behaviours.ts';

export interface BankCharge {
  readonly id: string;
  readonly attemptId: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly livemode: boolean;
  readonly account: string;
  readonly status: ChargeStatus;
  readonly captures: readonly { readonly id: string; readonly amountMinor: number }[];
  readonly refunds: readonly {
    readonly id: string;
    readonly refundId: string;
    readonly amountMinor: number;
    readonly status: RefundStatus;
  }[];
}

export interface BankPayout {
  readonly id: string;
  readonly payoutId: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly livemode: boolean;
  readonly status: PayoutStatus;
}

export interface BankChargeback {
  readonly id: string;
  readonly chargeId: string;
  readonly attemptId: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly livemode: boolean;
  readonly status: ChargebackStatus;
  readonly reason: string;
  readonly fundsWithdrawn: boolean;
  readonly evidenceDueAt: string;
}

/** Whose money the bank holds: all of it is the market's. */
export const sandboxAccount = 'acct_sandbox';

interface ChargeRow {
  readonly id: string;
  readonly attempt_id: string;
  readonly amount: string;
  readonly currency: string;
  readonly status: ChargeStatus;
  readonly created_at: Date;
  readonly captures: BankCharge['captures'] | null;
  readonly refunds: BankCharge['refunds'] | null;
}

const chargeColumns = sql`
  c.id, c.attempt_id, c.amount_minor::text as amount, c.currency, c.status, c.created_at,
  (select jsonb_agg(jsonb_build_object('id', p.id, 'amountMinor', p.amount_minor) order by p.id)
   from sandbox_capture p where p.charge_id = c.id) as captures,
  (select jsonb_agg(jsonb_build_object('id', r.id, 'refundId', r.refund_id, 'amountMinor', r.amount_minor,
                                       'status', r.status) order by r.id)
   from sandbox_refund r where r.charge_id = c.id) as refunds`;

function chargeOf({ attempt_id: attemptId, amount, captures, refunds, ...row }: ChargeRow): BankCharge {
  return {
    id: row.id,
    attemptId,
    amountMinor: Number(amount),
    currency: row.currency,
    livemode: false,
    account: sandboxAccount,
    status: row.status,
    captures: captures ?? [],
    refunds: refunds ?? [],
  };
}

export async function findCharge(
  db: Sql,
  key: { attemptId: string } | { chargeId: string },
): Promise<BankCharge | null> {
  const where = 'attemptId' in key ? sql`c.attempt_id = ${key.attemptId}` : sql`c.id = ${key.chargeId}`;
  const { rows } = await sql<ChargeRow>`select ${chargeColumns} from sandbox_charge c where ${where}`.execute(db);
  return rows[0] ? chargeOf(rows[0]) : null;
}

/** A page of charges, the oldest first. */
export async function chargesBetween(
  db: Sql,
  { since, until, after, limit }: { since: Date; until: Date; after: string; limit: number },
): Promise<BankCharge[]> {
  // Ids of charges are in the order of their time.
  const { rows } = await sql<ChargeRow>`
    select ${chargeColumns} from sandbox_charge c
    where c.created_at >= ${since.toISOString()}::timestamptz and c.created_at < ${until.toISOString()}::timestamptz
      and c.id > ${after}
    order by c.id limit ${limit}`.execute(db);
  return rows.map(chargeOf);
}

export async function findPayout(db: Sql, payoutId: string): Promise<BankPayout | null> {
  const { rows } = await sql<Pick<BankPayout, 'id' | 'currency' | 'status'> & { amount: string }>`
    select id, amount_minor::text as amount, currency, status
    from sandbox_payout where payout_id = ${payoutId}`.execute(db);
  const [row] = rows;
  if (!row) return null;
  const { amount, ...payout } = row;
  return { ...payout, payoutId, amountMinor: Number(amount), livemode: false };
}

interface ChargebackRow {
  readonly id: string;
  readonly charge_id: string;
  readonly attempt_id: string;
  readonly amount: string;
  readonly currency: string;
  readonly status: ChargebackStatus;
  readonly funds_withdrawn: boolean;
  readonly evidence_due_at: Date;
}

export async function findChargeback(db: Sql, id: string): Promise<BankChargeback | null> {
  const { rows } = await sql<ChargebackRow>`
    select b.id, b.charge_id, c.attempt_id, c.amount_minor::text as amount, c.currency, b.status, b.funds_withdrawn,
           b.evidence_due_at
    from sandbox_chargeback b join sandbox_charge c on c.id = b.charge_id where b.id = ${id}`.execute(db);
  const [row] = rows;
  return row
    ? {
        id,
        chargeId: row.charge_id,
        attemptId: row.attempt_id,
        amountMinor: Number(row.amount),
        currency: row.currency,
        livemode: false,
        status: row.status,
        reason: 'fraudulent',
        fundsWithdrawn: row.funds_withdrawn,
        evidenceDueAt: new Date(row.evidence_due_at).toISOString(),
      }
    : null;
}
