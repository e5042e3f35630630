import { sql } from 'kysely';
import type { Sql, Tx } from '../kernel/define.ts';
import { newId } from '../kernel/ids.ts';
import type { DifferenceKind, Payment } from './entities.ts';
import type { ProviderFact } from './facts.ts';
import { sum } from './sums.ts';

/** One thing that a provider's books and ours do not agree on. */
export interface Found {
  readonly kind: DifferenceKind;
  /** The provider's id of the charge. */
  readonly subject: string;
  readonly paymentId: Payment['id'] | null;
  readonly currency: string;
  readonly oursMinor: number;
  readonly theirsMinor: number;
}

type Known = Pick<Payment, 'id' | 'amountMinor' | 'currency'>;

/** What a provider says of a charge against what our books say of the attempt. */
export async function differencesOf(db: Sql, payment: Known | null, fact: ProviderFact): Promise<Found[]> {
  const { providerRef: subject, currency } = fact;
  const captured = sum(fact.captures.map(({ amountMinor }) => amountMinor));
  const refunded = sum(fact.refunds.filter(({ status }) => status === 'succeeded').map((refund) => refund.amountMinor));
  const of = (kind: DifferenceKind, oursMinor: number, theirsMinor: number): Found[] =>
    oursMinor === theirsMinor
      ? []
      : [{ kind, subject, paymentId: payment?.id ?? null, currency, oursMinor, theirsMinor }];
  if (!payment) return of('unknown_charge', 0, captured - refunded);
  const ours = await bookedOf(db, payment.id);
  const amounts = payment.currency === currency ? payment.amountMinor : 0;
  return [
    ...of('amount_differs', amounts, fact.amountMinor),
    ...of('missing_capture', ours.capturedMinor, captured),
    ...of('missing_refund', ours.refundedMinor, refunded),
  ];
}

/** What the journal says went in and out through an attempt. */
async function bookedOf(db: Sql, paymentId: string): Promise<{ capturedMinor: number; refundedMinor: number }> {
  const { rows } = await sql<{ captured: string; refunded: string }>`
    select
      (select coalesce(sum(p.amount_minor), 0)::text from ledger_account a
       join ledger_posting p on p.account_id = a.id
       where a.code = ${`payment:${paymentId}`} and p.amount_minor > 0) as captured,
      (select coalesce(sum(r.amount_minor), 0)::text from refund r
       where r.payment_id = ${paymentId} and exists (
         select from ledger_transfer t where t.kind = 'refund.pay' and t.reference = r.id::text)
         and not exists (
         select from ledger_transfer t where t.kind = 'refund.reverse' and t.reference = r.id::text)) as refunded
    `.execute(db);
  return { capturedMinor: Number(rows[0]?.captured ?? 0), refundedMinor: Number(rows[0]?.refunded ?? 0) };
}

/** Writes down what was found of one charge. What was known stays one row; what is not `open` any more is resolved. */
export async function recordDifferences(
  tx: Tx,
  provider: string,
  { found, open }: { found: readonly Found[]; open: readonly Found[] },
): Promise<void> {
  const now = (await tx.now()).toISOString();
  for (const { kind, subject, paymentId, currency, oursMinor, theirsMinor } of found) {
    const resolvedAt = open.some((other) => other.kind === kind) ? null : now;
    await sql`
      insert into reconciliation_difference
        (id, provider, kind, subject, payment_id, currency, ours_minor, theirs_minor, first_seen_at, last_seen_at,
         resolved_at)
      values (${newId()}, ${provider}, ${kind}, ${subject}, ${paymentId}, ${currency}, ${oursMinor}, ${theirsMinor},
              ${now}::timestamptz, ${now}::timestamptz, ${resolvedAt}::timestamptz)
      on conflict on constraint reconciliation_difference_once do update
      set payment_id = excluded.payment_id, ours_minor = excluded.ours_minor, theirs_minor = excluded.theirs_minor,
          last_seen_at = excluded.last_seen_at, resolved_at = excluded.resolved_at`.execute(tx.sql);
  }
}

/** Charges that agree now end what was written down of them before. */
export async function resolveDifferences(tx: Tx, provider: string, subjects: readonly string[]): Promise<void> {
  const now = (await tx.now()).toISOString();
  await sql`
    update reconciliation_difference set resolved_at = ${now}::timestamptz
    where provider = ${provider} and resolved_at is null
      and subject in (select jsonb_array_elements_text(${JSON.stringify(subjects)}::text::jsonb))`.execute(tx.sql);
}
