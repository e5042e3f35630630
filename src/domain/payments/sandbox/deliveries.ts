import { sql } from 'kysely';
import type { Sql } from '../../kernel/define.ts';
import { newId } from '../../kernel/ids.ts';
import type { BankCharge, BankChargeback, BankPayout } from './books.ts';
import type { SandboxBankSettings } from './settings.ts';
import { sign } from './signature.ts';

/** What the bank reports of, as it was at that moment. */
export type Report = { id: string } & (
  | { charge: BankCharge }
  | { payout: BankPayout }
  | { chargeback: BankChargeback }
);

const tries = { max: 10, firstMs: 1_000, lastMs: 60_000 } as const;
const postTimeoutMs = 10_000;

/** Writes a report down, together with what it tells of; it leaves with a later round. */
export async function enqueue(
  db: Sql,
  report: Report,
  { dueAt, copies = 1 }: { dueAt: string; copies?: number },
): Promise<void> {
  for (let copy = 0; copy < copies; copy += 1) {
    await sql`
      insert into sandbox_delivery (id, event_id, body, due_at, tries)
      values (${newId()}, ${report.id}, ${JSON.stringify(report)}, ${dueAt}::timestamptz, 0)`.execute(db);
  }
}

/** Sends the reports that are due; answers how many were taken. What is not reached is tried again. */
export async function sendDue(settings: SandboxBankSettings, now: string): Promise<number> {
  const { rows } = await sql<{ id: string; body: string }>`
    update sandbox_delivery d set tries = d.tries + 1,
      due_at = ${now}::timestamptz
        + least(${tries.lastMs}::int, ${tries.firstMs}::int * (2 ^ d.tries)::int) * interval '1 millisecond'
    where d.id in (
      select id from sandbox_delivery
      where delivered_at is null and due_at <= ${now}::timestamptz and tries < ${tries.max}
      order by due_at limit 100 for update skip locked)
    returning d.id, d.body`.execute(settings.sql());
  await Promise.all(
    rows.map(async ({ id, body }) => {
      if (!(await deliver(settings, body))) return;
      await sql`update sandbox_delivery set delivered_at = ${now}::timestamptz where id = ${id}`.execute(
        settings.sql(),
      );
    }),
  );
  return rows.length;
}

async function deliver(settings: SandboxBankSettings, body: string): Promise<boolean> {
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
