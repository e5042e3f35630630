import { sql } from 'kysely';
import type { Sql } from '../../kernel/define.ts';
import { newId } from '../../kernel/ids.ts';
import {
  chargebackScripts,
  payoutScripts,
  refundScripts,
  scriptOf,
  withdrawnIn,
  type Behaviour,
  type ChargebackBehaviour,
  type ChargeScript,
  type PayoutBehaviour,
  type RefundBehaviour,
  type Step,
} from './behaviours.ts';
import { findCharge, findChargeback, findPayout } from './books.ts';
import { enqueue } from './deliveries.ts';

/** The bank's clock, and how long one confirmation takes. */
export interface BankTime {
  readonly confirmAfterMs: number;
  /** A moment from now, as text. */
  inMs(ms: number): string;
}

const batch = 500;

interface Due<B> {
  readonly id: string;
  readonly behaviour: B;
  readonly step: number;
}

/** Takes each step that is due, with its report, in one transaction: a report is never lost between the two. */
export async function advanceDue(db: Sql, time: BankTime): Promise<void> {
  await db.transaction().execute(async (inside) => {
    for (const charge of await due<Behaviour>(inside, 'sandbox_charge', time))
      await advanceCharge(inside, charge, time);
    for (const refund of await due<RefundBehaviour>(inside, 'sandbox_refund', time))
      await advanceRefund(inside, refund, time);
    for (const payout of await due<PayoutBehaviour>(inside, 'sandbox_payout', time))
      await advancePayout(inside, payout, time);
    for (const chargeback of await due<ChargebackBehaviour>(inside, 'sandbox_chargeback', time))
      await advanceChargeback(inside, chargeback, time);
  });
}

async function due<B>(db: Sql, table: string, { inMs }: BankTime): Promise<Due<B>[]> {
  const { rows } = await sql<Due<B>>`
    select id, behaviour, step from ${sql.table(table)} where due_at <= ${inMs(0)}::timestamptz
    order by due_at limit ${batch} for update skip locked`.execute(db);
  return rows;
}

/** When the step after this one is due, as SQL. */
function nextDue(steps: readonly Step<string>[], step: number, { confirmAfterMs, inMs }: BankTime) {
  const next = steps[step + 1];
  return next ? sql`${inMs(next.after * confirmAfterMs)}::timestamptz` : sql`null`;
}

async function advanceCharge(db: Sql, { id, behaviour, step }: Due<Behaviour>, time: BankTime): Promise<void> {
  const script = scriptOf(behaviour);
  const to = script.steps[step]?.to;
  await sql`
    update sandbox_charge
    set status = coalesce(${to ?? null}, status), step = ${step + 1}, due_at = ${nextDue(script.steps, step, time)}
    where id = ${id}`.execute(db);
  if (script.parts !== undefined || to === 'captured') await capturePart(db, { id, step, parts: script.parts ?? 1 });
  if (to) await reportCharge(db, id, { script, time });
  if (to === 'captured' && script.chargeback) await openChargeback(db, { id, behaviour: script.chargeback }, time);
}

/** Equal parts, and what is left over with the last. */
async function capturePart(db: Sql, { id, step, parts }: { id: string; step: number; parts: number }): Promise<void> {
  const isLast = step === parts - 1 || parts === 1;
  const amount = isLast
    ? sql`amount_minor - (select coalesce(sum(p.amount_minor), 0) from sandbox_capture p where p.charge_id = c.id)`
    : sql`amount_minor / ${parts}::int`;
  await sql`
    insert into sandbox_capture (id, charge_id, amount_minor)
    select ${parts === 1 ? `cap_${id}` : `cap_${id}_${step}`}, id, ${amount} from sandbox_charge c
    where id = ${id} and ${amount} > 0`.execute(db);
}

export async function reportCharge(
  db: Sql,
  chargeId: string,
  { script, time: { inMs } }: { script: ChargeScript; time: BankTime },
): Promise<void> {
  const charge = await findCharge(db, { chargeId });
  if (!charge) return;
  const parts = charge.captures.length > 0 ? `_${charge.captures.length}` : '';
  const id = `evt_${chargeId}_${charge.status}${parts}`;
  await enqueue(db, { id, charge }, { dueAt: inMs(0), ...(script.copies && { copies: script.copies }) });
  if (!script.isReordered) return;
  const past = { ...charge, status: 'processing', captures: [], refunds: [] } as const;
  await enqueue(db, { id: `evt_${chargeId}_processing`, charge: past }, { dueAt: inMs(500) });
}

async function advanceRefund(db: Sql, { id, behaviour, step }: Due<RefundBehaviour>, time: BankTime): Promise<void> {
  const steps: readonly Step<string>[] = refundScripts[behaviour];
  const to = steps[step]?.to;
  const { rows } = await sql<{ charge_id: string }>`
    update sandbox_refund
    set status = coalesce(${to ?? null}, status), step = ${step + 1}, due_at = ${nextDue(steps, step, time)}
    where id = ${id} returning charge_id`.execute(db);
  const charge = rows[0] && (await findCharge(db, { chargeId: rows[0].charge_id }));
  if (charge && to) await enqueue(db, { id: `evt_${id}_${to}`, charge }, { dueAt: time.inMs(0) });
}

async function advancePayout(db: Sql, { id, behaviour, step }: Due<PayoutBehaviour>, time: BankTime): Promise<void> {
  const steps: readonly Step<string>[] = payoutScripts[behaviour];
  const to = steps[step]?.to;
  const { rows } = await sql<{ payout_id: string }>`
    update sandbox_payout
    set status = coalesce(${to ?? null}, status), step = ${step + 1}, due_at = ${nextDue(steps, step, time)}
    where id = ${id} returning payout_id`.execute(db);
  const payout = rows[0] && (await findPayout(db, rows[0].payout_id));
  if (payout && to) await enqueue(db, { id: `evt_${id}_${to}`, payout }, { dueAt: time.inMs(0) });
}

const evidenceDays = 7;

/** A payer objects at their bank, once for a charge. */
export async function openChargeback(
  db: Sql,
  { id: chargeId, behaviour }: { id: string; behaviour: ChargebackBehaviour },
  { confirmAfterMs, inMs }: BankTime,
): Promise<void> {
  const [first] = chargebackScripts[behaviour];
  await sql`
    insert into sandbox_chargeback
      (id, charge_id, status, funds_withdrawn, evidence_due_at, behaviour, step, due_at)
    values (${`cb_${newId()}`}, ${chargeId}, ${first.to}, false, ${inMs(evidenceDays * 86_400_000)}::timestamptz,
            ${behaviour}, 0, ${inMs(first.after * confirmAfterMs)}::timestamptz)
    on conflict on constraint sandbox_chargeback_once do nothing`.execute(db);
}

async function advanceChargeback(
  db: Sql,
  { id, behaviour, step }: Due<ChargebackBehaviour>,
  time: BankTime,
): Promise<void> {
  const steps = chargebackScripts[behaviour];
  const to = steps[step]?.to;
  if (!to) return;
  await sql`
    update sandbox_chargeback set status = ${to}, funds_withdrawn = ${withdrawnIn.includes(to)}, step = ${step + 1},
      due_at = ${nextDue(steps, step, time)}
    where id = ${id}`.execute(db);
  await reportChargeback(db, id, time);
}

export async function reportChargeback(db: Sql, id: string, { inMs }: BankTime): Promise<void> {
  const chargeback = await findChargeback(db, id);
  if (chargeback) await enqueue(db, { id: `evt_${id}_${chargeback.status}`, chargeback }, { dueAt: inMs(0) });
}
