import { sql } from 'kysely';
import { z } from 'zod';
import { defineCommand, defineJob, type Sql } from '../../kernel/define.ts';
import { ledgerAlarmPort } from '../books/alarm.ts';
import { arrayOf, type Scope } from '../books/check.ts';
import { checkBooks, differencesOf } from '../books/checking.ts';

const window = {
  /** Transfers that one step looks at. */
  transfers: 500,
  stepsMax: 200,
  /**
   * What was posted within this time is left for the next run: a transaction posts with the time at which it began, and
   * may commit behind younger ones. One that takes longer is found by the full check alone.
   */
  settledMs: 60_000,
} as const;

interface Seen {
  readonly checked_at: string;
  readonly transfer_id: string;
  readonly wrong_codes: string[];
  readonly wrong_transfers: string[];
}

export const checkLedger = defineCommand({
  name: 'ledger.check',
  access: 'system',
  summary: 'Check what transfers have touched since the last time, and again whatever was wrong then.',
  input: z.strictObject({}),
  output: z.object({
    swept: z.int(),
    differences: z.array(
      z.object({
        check: z.string(),
        code: z.string().nullable(),
        transferId: z.string().nullable(),
        currency: z.string().nullable(),
        expectedMinor: z.string().nullable(),
        foundMinor: z.string().nullable(),
      }),
    ),
    isBusy: z.boolean().describe('Another run is at it.'),
  }),
  errors: [],
  async run({ tx }) {
    const { rows } = await sql<Seen>`
      select checked_at::text, transfer_id, wrong_codes, wrong_transfers::text[] from ledger_check where id = 1
      for update skip locked`.execute(tx.sql);
    const [seen] = rows;
    if (!seen) return { swept: 0, differences: [], isBusy: true };
    const settled = new Date((await tx.now()).getTime() - window.settledMs);
    const transfers = await nextTransfers(tx.sql, seen, settled);
    const scope = await touchedBy(
      tx.sql,
      [...transfers.map(({ id }) => id), ...seen.wrong_transfers],
      seen.wrong_codes,
    );
    const differences = differencesOf(await checkBooks(tx.sql, scope)).slice(0, window.transfers);
    const last = transfers.at(-1) ?? { at: seen.checked_at, id: seen.transfer_id };
    const codes = new Set(differences.flatMap(({ code }) => code ?? []));
    const wrong = new Set(differences.flatMap(({ transferId }) => transferId ?? []));
    await sql`
      update ledger_check set checked_at = ${last.at}::timestamptz, transfer_id = ${last.id},
        wrong_codes = ${arrayOf([...codes])}::text[], wrong_transfers = ${arrayOf([...wrong])}::uuid[]`.execute(tx.sql);
    return { swept: transfers.length, differences, isBusy: false };
  },
});

async function nextTransfers(db: Sql, seen: Seen, settled: Date): Promise<{ id: string; at: string }[]> {
  const { rows } = await sql<{ id: string; at: string }>`
    select id, at::text from ledger_transfer
    where at >= ${seen.checked_at}::timestamptz
      and (at, id) > (${seen.checked_at}::timestamptz, ${seen.transfer_id}::uuid)
      and at < ${settled.toISOString()}::timestamptz
    order by at, id limit ${window.transfers}`.execute(db);
  return rows;
}

async function touchedBy(db: Sql, transferIds: string[], codes: string[]): Promise<Scope> {
  const { rows } = await sql<{ code: string }>`
    select distinct a.code from ledger_posting p join ledger_account a on a.id = p.account_id
    where p.transfer_id = any(${arrayOf(transferIds)}::uuid[])`.execute(db);
  return { transferIds, codes: [...new Set([...rows.map(({ code }) => code), ...codes])] };
}

export const checkLedgerJob = defineJob({
  name: 'ledger.check',
  everySeconds: 60,
  summary: checkLedger.summary,
  async run({ execute, port, signal }) {
    for (let step = 0; step < window.stepsMax && !signal.aborted; step += 1) {
      const { swept, differences, isBusy } = await execute(checkLedger, {});
      if (isBusy) return;
      if (swept === window.transfers && step < window.stepsMax - 1) continue;
      port(ledgerAlarmPort).report(differences);
      return;
    }
  },
});
