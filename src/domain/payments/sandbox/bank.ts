import { sql } from 'kysely';
import { newId } from '../../kernel/ids.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Sql } from '../../kernel/define.ts';
import { sign } from './signature.ts';

/**
 * How a charge goes: `late` is confirmed long after and cannot be stopped; `timeout` charges but does not answer;
 * `duplicate` reports three times, `reorder` reports the past after the present.
 */
const behaviours = ['succeed', 'decline', 'duplicate', 'late', 'timeout', 'reorder', 'refund_fails'] as const;
export type Behaviour = (typeof behaviours)[number];

/** Amounts that end in these digits (minor units) misbehave; all others succeed. */
const behaviourByAmount: Readonly<Record<number, Behaviour>> = {
  9951: 'decline',
  9952: 'duplicate',
  9953: 'late',
  9954: 'timeout',
  9955: 'reorder',
  9956: 'refund_fails',
};

export interface BankCharge {
  readonly id: string;
  readonly attemptId: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly livemode: boolean;
  readonly status: 'processing' | 'captured' | 'failed' | 'cancelled';
  readonly captures: readonly { readonly id: string; readonly amountMinor: number }[];
  readonly refunds: readonly {
    readonly id: string;
    readonly refundId: string;
    readonly amountMinor: number;
    readonly status: 'pending' | 'succeeded' | 'failed';
  }[];
}

export interface SandboxBankSettings {
  /** Where the bank keeps its books. */
  readonly sql: () => Sql;
  readonly webhookUrl: string;
  readonly secret: string;
  /** From charge or refund to its outcome. */
  readonly confirmAfterMs: number;
  readonly clock: Clock;
  readonly behaviourOf?: (charge: { attemptId: string; amountMinor: number }) => Behaviour;
  /** Sends a webhook and answers the HTTP status. */
  readonly post?: (url: string, message: { body: string; headers: Record<string, string> }) => Promise<number>;
  /** Told of trouble with the books while nobody waits. */
  readonly onError?: (error: unknown) => void;
}

/** A bank as an outside party: it keeps its own books, confirms some time later and reports by signed webhooks. */
export interface SandboxBank {
  charge(wanted: { attemptId: string; amountMinor: number; currency: string }): Promise<BankCharge>;
  find(attemptId: string): Promise<BankCharge | null>;
  cancel(attemptId: string): Promise<BankCharge | null>;
  refund(wanted: { refundId: string; chargeId: string; amountMinor: number }): Promise<BankCharge>;
  /** Confirms what is due and sends the webhooks that are due; answers how many were taken. */
  deliverDue(): Promise<number>;
  /** Confirms and reports from now on, beginning with what was under way when the process stopped. */
  start(): void;
  stop(): Promise<void>;
}

const lateFactor = 60;
const tries = { max: 10, firstMs: 1_000, lastMs: 60_000 } as const;
const roundMs = 2_000;
const postTimeoutMs = 10_000;

export function createSandboxBank(settings: SandboxBankSettings): SandboxBank {
  const { confirmAfterMs } = settings;
  const behaviourOf =
    settings.behaviourOf ?? (({ amountMinor }) => behaviourByAmount[amountMinor % 10_000] ?? 'succeed');
  const db = () => settings.sql();
  const inMs = (ms: number) => new Date(Date.now() + settings.clock.offsetMs + ms).toISOString();
  const rounds = createRounds(() => deliverDue(settings, inMs), settings.onError);
  return {
    async charge({ attemptId, amountMinor, currency }) {
      const behaviour = behaviourOf({ attemptId, amountMinor });
      const dueAt = inMs(behaviour === 'late' ? confirmAfterMs * lateFactor : confirmAfterMs);
      await sql`
        insert into sandbox_charge (id, attempt_id, amount_minor, currency, behaviour, status, confirm_at)
        values (${`ch_${newId()}`}, ${attemptId}, ${amountMinor}, ${currency}, ${behaviour}, 'processing',
                ${dueAt}::timestamptz)
        on conflict (attempt_id) do nothing`.execute(db());
      rounds.soon(confirmAfterMs);
      if (behaviour === 'timeout') throw new Error('the sandbox bank does not answer');
      return (await findCharge(db(), { attemptId }))!;
    },
    find: (attemptId) => findCharge(db(), { attemptId }),
    async cancel(attemptId) {
      await sql`
        update sandbox_charge set status = 'cancelled'
        where attempt_id = ${attemptId} and status = 'processing' and behaviour <> 'late'`.execute(db());
      return findCharge(db(), { attemptId });
    },
    async refund({ refundId, chargeId, amountMinor }) {
      await sql`
        insert into sandbox_refund (id, refund_id, charge_id, amount_minor, status, confirm_at)
        values (${`re_${newId()}`}, ${refundId}, ${chargeId}, ${amountMinor}, 'pending',
                ${inMs(confirmAfterMs)}::timestamptz)
        on conflict (refund_id) do nothing`.execute(db());
      rounds.soon(confirmAfterMs);
      return (await findCharge(db(), { chargeId }))!;
    },
    deliverDue: rounds.now,
    start: rounds.start,
    stop: rounds.stop,
  };
}

/** One round at a time: at once when asked for; soon and regularly once started. */
function createRounds(round: () => Promise<number>, onError: (error: unknown) => void = () => {}) {
  const timers = new Set<NodeJS.Timeout>();
  let running: Promise<number> = Promise.resolve(0);
  let started = false;
  const now = () => (running = running.catch(() => 0).then(round));
  const inBackground = () => void (started && now().catch(onError));
  const keep = (timer: NodeJS.Timeout) => void timers.add(timer.unref());
  return {
    now,
    soon(ms: number) {
      if (!started) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        inBackground();
      }, ms);
      keep(timer);
    },
    start() {
      started = true;
      keep(setInterval(inBackground, roundMs));
    },
    async stop() {
      started = false;
      for (const timer of timers) clearTimeout(timer);
      await running.catch(() => 0);
    },
  };
}

interface ChargeRow {
  readonly id: string;
  readonly attempt_id: string;
  readonly amount: string;
  readonly currency: string;
  readonly status: BankCharge['status'];
}

interface RefundRow {
  readonly id: string;
  readonly refund_id: string;
  readonly amount: string;
  readonly status: 'pending' | 'succeeded' | 'failed';
}

/** A charge with its refunds, of which there are few. */
async function findCharge(db: Sql, key: { attemptId: string } | { chargeId: string }): Promise<BankCharge | null> {
  const where = 'attemptId' in key ? sql`attempt_id = ${key.attemptId}` : sql`id = ${key.chargeId}`;
  const charges = await sql<ChargeRow>`
    select id, attempt_id, amount_minor::text as amount, currency, status
    from sandbox_charge where ${where}`.execute(db);
  const [row] = charges.rows;
  if (!row) return null;
  const refunds = await sql<RefundRow>`
    select id, refund_id, amount_minor::text as amount, status
    from sandbox_refund where charge_id = ${row.id} order by id`.execute(db);
  const { id, attempt_id: attemptId, currency, status } = row;
  const amountMinor = Number(row.amount);
  return {
    id,
    attemptId,
    amountMinor,
    currency,
    livemode: false,
    status,
    captures: status === 'captured' ? [{ id: `cap_${id}`, amountMinor }] : [],
    refunds: refunds.rows.map(({ refund_id: refundId, amount, ...refund }) => ({
      id: refund.id,
      refundId,
      amountMinor: Number(amount),
      status: refund.status,
    })),
  };
}

async function deliverDue(settings: SandboxBankSettings, inMs: (ms: number) => string): Promise<number> {
  await confirmCharges(settings.sql(), inMs);
  await confirmRefunds(settings.sql(), inMs);
  const { rows } = await sql<{ id: string; event_id: string; attempt_id: string; status: string; tries: number }>`
    update sandbox_delivery d set tries = d.tries + 1,
      due_at = ${inMs(0)}::timestamptz
        + least(${tries.lastMs}::int, ${tries.firstMs}::int * (2 ^ d.tries)::int) * interval '1 millisecond'
    from sandbox_charge c
    where c.id = d.charge_id and d.id in (
      select id from sandbox_delivery
      where delivered_at is null and due_at <= ${inMs(0)}::timestamptz and tries < ${tries.max}
      order by due_at limit 100 for update skip locked)
    returning d.id, d.event_id, c.attempt_id, d.status, d.tries`.execute(settings.sql());
  await Promise.all(
    rows.map(async (row) => {
      if (!(await deliver(settings, row))) return;
      await sql`update sandbox_delivery set delivered_at = ${inMs(0)}::timestamptz where id = ${row.id}`.execute(
        settings.sql(),
      );
    }),
  );
  return rows.length;
}

/** A charge's outcome and its reports, in one statement: a report is never lost between the two. */
async function confirmCharges(db: Sql, inMs: (ms: number) => string): Promise<void> {
  await sql`
    with due as (
      update sandbox_charge set status = case behaviour when 'decline' then 'failed' else 'captured' end
      where status = 'processing' and confirm_at <= ${inMs(0)}::timestamptz
      returning id, behaviour, status
    ), reports as (
      select id, status, 0 as after_ms from due, generate_series(1, case behaviour when 'duplicate' then 3 else 1 end)
      union all select id, 'processing', 500 from due where behaviour = 'reorder'
    )
    insert into sandbox_delivery (id, event_id, charge_id, status, due_at, tries)
    select gen_random_uuid(), 'evt_' || id || '_' || status, id, status,
      ${inMs(0)}::timestamptz + after_ms * interval '1 millisecond', 0
    from reports`.execute(db);
}

async function confirmRefunds(db: Sql, inMs: (ms: number) => string): Promise<void> {
  await sql`
    with due as (
      update sandbox_refund r set status = case c.behaviour when 'refund_fails' then 'failed' else 'succeeded' end
      from sandbox_charge c
      where c.id = r.charge_id and r.status = 'pending' and r.confirm_at <= ${inMs(0)}::timestamptz
      returning r.id, r.charge_id, c.status
    )
    insert into sandbox_delivery (id, event_id, charge_id, status, due_at, tries)
    select gen_random_uuid(), 'evt_' || id, charge_id, status, ${inMs(0)}::timestamptz, 0 from due`.execute(db);
}

async function deliver(
  settings: SandboxBankSettings,
  { event_id: id, attempt_id: attemptId, status }: { event_id: string; attempt_id: string; status: string },
): Promise<boolean> {
  const charge = await findCharge(settings.sql(), { attemptId });
  // A report of the past tells no captures.
  const told = charge?.status === status ? charge : { ...charge, status, captures: [], refunds: [] };
  const body = JSON.stringify({ id, charge: told });
  const signature = sign(body, { secret: settings.secret, atMs: Date.now() + settings.clock.offsetMs });
  const headers = { 'content-type': 'application/json', 'soko-signature': signature };
  try {
    const answered = await (settings.post ?? post)(settings.webhookUrl, { body, headers });
    return answered >= 200 && answered < 300;
  } catch {
    // Not reached: the delivery stays due and is tried again.
    return false;
  }
}

async function post(
  url: string,
  { body, headers }: { body: string; headers: Record<string, string> },
): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers,
    redirect: 'error',
    signal: AbortSignal.timeout(postTimeoutMs),
  });
  await response.arrayBuffer();
  return response.status;
}
