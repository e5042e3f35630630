import { sql } from 'kysely';
import type { Sql } from '../../kernel/define.ts';
import { newId } from '../../kernel/ids.ts';
import {
  behaviourByAmount,
  payoutByAmount,
  payoutScripts,
  refundScripts,
  scriptOf,
  type Behaviour,
  type PayoutBehaviour,
} from './behaviours.ts';
import {
  chargesBetween,
  findCharge,
  findChargeback,
  findPayout,
  type BankCharge,
  type BankChargeback,
  type BankPayout,
} from './books.ts';
import { sendDue } from './deliveries.ts';
import { createRounds } from './rounds.ts';
import type { SandboxBankSettings } from './settings.ts';
import { advanceDue, openChargeback, reportCharge, reportChargeback, type BankTime } from './steps.ts';

/** A bank as an outside party: it keeps its own books, confirms some time later and reports by signed webhooks. */
export interface SandboxBank {
  charge(wanted: { attemptId: string; amountMinor: number; currency: string }): Promise<BankCharge>;
  find(attemptId: string): Promise<BankCharge | null>;
  cancel(attemptId: string): Promise<BankCharge | null>;
  /** Takes a part of what is authorized. */
  capture(wanted: { captureId: string; chargeId: string; amountMinor: number }): Promise<BankCharge>;
  refund(wanted: { refundId: string; chargeId: string; amountMinor: number }): Promise<BankCharge>;
  payout(wanted: { payoutId: string; amountMinor: number; currency: string; destination: string }): Promise<BankPayout>;
  findPayout(payoutId: string): Promise<BankPayout | null>;
  submitEvidence(wanted: { chargebackId: string; text: string }): Promise<BankChargeback>;
  /** Charges of a time, the oldest first, those after an id. */
  list(wanted: { since: Date; until: Date; after: string; limit: number }): Promise<BankCharge[]>;
  /** Says how one charge or payout is to go, before it begins or from its present step on. */
  behave(subjectId: string, behaviour: Behaviour | PayoutBehaviour): Promise<void>;
  /** Confirms what is due and sends the webhooks that are due; answers how many were taken. */
  deliverDue(): Promise<number>;
  /** Confirms and reports from now on, beginning with what was under way when the process stopped. */
  start(): void;
  stop(): Promise<void>;
}

export function createSandboxBank(settings: SandboxBankSettings): SandboxBank {
  const { confirmAfterMs } = settings;
  const inMs = (ms: number) => new Date(Date.now() + settings.clock.offsetMs + ms).toISOString();
  const time: BankTime = { confirmAfterMs, inMs };
  const db = () => settings.sql();
  const rounds = createRounds(async () => {
    await advanceDue(db(), time);
    return sendDue(settings, inMs(0));
  }, settings.onError);
  const desk: Desk = { settings, time, db, soon: () => rounds.soon(confirmAfterMs) };
  return {
    charge: (wanted) => charge(desk, wanted),
    find: (attemptId) => findCharge(db(), { attemptId }),
    cancel: (attemptId) => cancel(desk, attemptId),
    capture: (wanted) => capture(desk, wanted),
    refund: (wanted) => refund(desk, wanted),
    payout: (wanted) => payout(desk, wanted),
    findPayout: (payoutId) => findPayout(db(), payoutId),
    submitEvidence: (wanted) => submitEvidence(desk, wanted),
    list: (wanted) => chargesBetween(db(), wanted),
    behave: (subjectId, behaviour) => behave(desk, subjectId, behaviour),
    deliverDue: rounds.now,
    start: rounds.start,
    stop: rounds.stop,
  };
}

interface Desk {
  readonly settings: SandboxBankSettings;
  readonly time: BankTime;
  readonly db: () => Sql;
  readonly soon: () => void;
}

async function told<B extends string>(db: Sql, subjectId: string): Promise<B | undefined> {
  const { rows } = await sql<{ behaviour: B }>`
    select behaviour from sandbox_behaviour where subject_id = ${subjectId}`.execute(db);
  return rows[0]?.behaviour;
}

async function charge(
  { settings, time, db, soon }: Desk,
  { attemptId, amountMinor, currency }: { attemptId: string; amountMinor: number; currency: string },
): Promise<BankCharge> {
  const byDefault = settings.behaviourOf?.({ attemptId, amountMinor }) ?? behaviourByAmount[amountMinor % 10_000];
  const behaviour = (await told<Behaviour>(db(), attemptId)) ?? byDefault ?? 'succeed';
  const { begins = 'processing', steps, isSilent } = scriptOf(behaviour);
  await sql`
    insert into sandbox_charge (id, attempt_id, amount_minor, currency, behaviour, status, step, due_at, created_at)
    values (${`ch_${newId()}`}, ${attemptId}, ${amountMinor}, ${currency}, ${behaviour}, ${begins}, 0,
            ${time.inMs((steps[0]?.after ?? 0) * time.confirmAfterMs)}::timestamptz, ${time.inMs(0)}::timestamptz)
    on conflict (attempt_id) do nothing`.execute(db());
  soon();
  if (isSilent) throw new Error('the sandbox bank does not answer');
  return (await findCharge(db(), { attemptId }))!;
}

async function cancel({ db }: Desk, attemptId: string): Promise<BankCharge | null> {
  await sql`
    update sandbox_charge c set status = 'cancelled', due_at = null
    where attempt_id = ${attemptId} and status in ('processing', 'requires_action', 'authorized')
      and behaviour <> 'late' and not exists (select from sandbox_capture p where p.charge_id = c.id)`.execute(db());
  return findCharge(db(), { attemptId });
}

async function capture(
  { time, db }: Desk,
  { captureId, chargeId, amountMinor }: { captureId: string; chargeId: string; amountMinor: number },
): Promise<BankCharge> {
  return db()
    .transaction()
    .execute(async (inside) => {
      await sql`select from sandbox_charge where id = ${chargeId} for update`.execute(inside);
      const { numAffectedRows } = await sql`
        insert into sandbox_capture (id, charge_id, capture_id, amount_minor)
        select ${`cap_${newId()}`}, id, ${captureId}, ${amountMinor} from sandbox_charge c
        where id = ${chargeId} and status = 'authorized' and ${amountMinor}::bigint <= amount_minor
          - (select coalesce(sum(p.amount_minor), 0) from sandbox_capture p where p.charge_id = c.id)
        on conflict (capture_id) do nothing`.execute(inside);
      if (numAffectedRows === 1n) {
        await sql`
          update sandbox_charge c set status = 'captured' where id = ${chargeId} and amount_minor
            = (select sum(p.amount_minor) from sandbox_capture p where p.charge_id = c.id)`.execute(inside);
        await reportCharge(inside, chargeId, { script: { steps: [] }, time });
      }
      return (await findCharge(inside, { chargeId }))!;
    });
}

async function refund(
  { time, db, soon }: Desk,
  { refundId, chargeId, amountMinor }: { refundId: string; chargeId: string; amountMinor: number },
): Promise<BankCharge> {
  const { rows } = await sql<{ behaviour: Behaviour }>`
    select behaviour from sandbox_charge where id = ${chargeId}`.execute(db());
  const behaviour = (rows[0] && scriptOf(rows[0].behaviour).refunds) ?? 'succeed';
  // Never more than was captured, whatever is asked for.
  await sql`
    insert into sandbox_refund (id, refund_id, charge_id, amount_minor, status, behaviour, step, due_at)
    select ${`re_${newId()}`}, ${refundId}, ${chargeId}, ${amountMinor}, 'pending', ${behaviour}, 0,
           ${time.inMs(refundScripts[behaviour][0].after * time.confirmAfterMs)}::timestamptz
    where ${amountMinor}::bigint <=
      (select coalesce(sum(amount_minor), 0) from sandbox_capture where charge_id = ${chargeId})
      - (select coalesce(sum(amount_minor), 0) from sandbox_refund where charge_id = ${chargeId} and status <> 'failed')
    on conflict (refund_id) do nothing`.execute(db());
  soon();
  const charged = (await findCharge(db(), { chargeId }))!;
  if (charged.refunds.some((made) => made.refundId === refundId)) return charged;
  throw new Error('the sandbox bank has not captured that much');
}

async function payout(
  { settings, time, db, soon }: Desk,
  wanted: { payoutId: string; amountMinor: number; currency: string; destination: string },
): Promise<BankPayout> {
  const { payoutId, amountMinor, currency, destination } = wanted;
  const byDefault = settings.payoutBehaviourOf?.({ payoutId, amountMinor }) ?? payoutByAmount[amountMinor % 10_000];
  const behaviour = (await told<PayoutBehaviour>(db(), payoutId)) ?? byDefault ?? 'paid';
  await sql`
    insert into sandbox_payout
      (id, payout_id, amount_minor, currency, destination, status, behaviour, step, due_at)
    values (${`po_${newId()}`}, ${payoutId}, ${amountMinor}, ${currency}, ${destination}, 'pending', ${behaviour}, 0,
            ${time.inMs(payoutScripts[behaviour][0].after * time.confirmAfterMs)}::timestamptz)
    on conflict (payout_id) do nothing`.execute(db());
  soon();
  return (await findPayout(db(), payoutId))!;
}

async function submitEvidence(
  { time, db }: Desk,
  { chargebackId, text }: { chargebackId: string; text: string },
): Promise<BankChargeback> {
  const { numAffectedRows } = await sql`
    update sandbox_chargeback set evidence = ${text}, status = 'under_review'
    where id = ${chargebackId} and status in ('needs_response', 'under_review')`.execute(db());
  if (numAffectedRows === 1n) await reportChargeback(db(), chargebackId, time);
  const answered = await findChargeback(db(), chargebackId);
  if (!answered) throw new Error('the sandbox bank knows of no such chargeback');
  return answered;
}

async function behave({ time, db }: Desk, subjectId: string, behaviour: Behaviour | PayoutBehaviour): Promise<void> {
  await sql`
    insert into sandbox_behaviour (subject_id, behaviour) values (${subjectId}, ${behaviour})
    on conflict (subject_id) do update set behaviour = excluded.behaviour`.execute(db());
  if (behaviour in payoutScripts) {
    await sql`update sandbox_payout set behaviour = ${behaviour} where payout_id = ${subjectId}`.execute(db());
    return;
  }
  const { rows } = await sql<{ id: string; status: string }>`
    update sandbox_charge set behaviour = ${behaviour} where attempt_id = ${subjectId}
    returning id, status`.execute(db());
  const { chargeback } = scriptOf(behaviour as Behaviour);
  const [charged] = rows;
  if (charged?.status === 'captured' && chargeback)
    await openChargeback(db(), { id: charged.id, behaviour: chargeback }, time);
}
