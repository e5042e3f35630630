import { sql } from 'kysely';
import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import type { Transfer } from './post.ts';

interface KnownRow {
  readonly kind: string;
  readonly reference: string;
  readonly code: string;
  readonly currency: string;
  readonly amount: string;
}

/** The transfers that are not in the journal. Throws when one of the others is there with other postings. */
export async function unknownOf(tx: Tx, transfers: readonly Transfer[]): Promise<Transfer[]> {
  const fresh: Transfer[] = [];
  for (const transfer of transfers) {
    const { kind, reference } = transfer;
    const { rows } = await sql<KnownRow>`
      select t.kind, t.reference, a.code, a.currency, sum(p.amount_minor)::text as amount
      from ledger_transfer t
      join ledger_posting p on p.transfer_id = t.id
      join ledger_account a on a.id = p.account_id
      where t.kind = ${kind} and t.reference = ${reference}
      group by t.kind, t.reference, a.code, a.currency`.execute(tx.sql);
    if (rows.length === 0) fresh.push(transfer);
    else assert(isSame(transfer, rows), `${kind} ${reference} is in the journal with other postings`);
  }
  return fresh;
}

function isSame({ currency, postings }: Transfer, rows: readonly KnownRow[]): boolean {
  const sums = new Map<string, number>();
  for (const { account, amountMinor } of postings) {
    sums.set(account.code, (sums.get(account.code) ?? 0) + amountMinor);
  }
  const wanted = [...sums].filter(([, amount]) => amount !== 0);
  return (
    wanted.length === rows.filter(({ amount }) => amount !== '0').length &&
    wanted.every(([code, amount]) =>
      rows.some((row) => row.code === code && row.currency === currency && Number(row.amount) === amount),
    )
  );
}
