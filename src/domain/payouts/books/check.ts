import { sql, type RawBuilder } from 'kysely';
import type { Sql } from '../../kernel/define.ts';

/** What a check looks at: everything, or what some transfers have touched. */
export type Scope = 'all' | { readonly transferIds: readonly string[]; readonly codes: readonly string[] };

/** Something that the books do not agree on. */
export interface Difference {
  readonly check: string;
  /** The account, or null when it is about a transfer alone. */
  readonly code: string | null;
  readonly transferId: string | null;
  readonly currency: string | null;
  readonly expectedMinor: string | null;
  readonly foundMinor: string | null;
}

export interface CheckResult {
  readonly check: string;
  /** What was counted, for people: accounts, postings, transfers. */
  readonly of: string;
  readonly checked: number;
  /** How many are wrong; `differences` has the first of them. */
  readonly wrong: number;
  readonly differences: readonly Difference[];
}

export interface Check {
  readonly name: string;
  readonly of: string;
  /** What is looked at, as `code`, `transfer_id`, `currency`, `expected`, `found` and `wrong`. */
  pairs(scope: Scope): RawBuilder<unknown>;
}

/** Differences of one check that are told one by one. */
const toldMax = 100;

/** Runs one check in one statement, so that it sees one state. */
export async function runCheck(db: Sql, { name, of, pairs }: Check, scope: Scope): Promise<CheckResult> {
  const { rows } = await sql<{ checked: string; wrong: string; differences: Omit<Difference, 'check'>[] }>`
    with pairs as materialized (${pairs(scope)})
    select (select count(*) from pairs)::text as checked, (select count(*) from pairs where wrong)::text as wrong,
           (select coalesce(jsonb_agg(told), '[]') from (
              select code, transfer_id as "transferId", currency, expected::text as "expectedMinor",
                     found::text as "foundMinor"
              from pairs where wrong order by 1, 2, 3 limit ${toldMax}) told) as differences`.execute(db);
  const [row] = rows;
  return {
    check: name,
    of,
    checked: Number(row?.checked ?? 0),
    wrong: Number(row?.wrong ?? 0),
    differences: (row?.differences ?? []).map((difference) => ({ check: name, ...difference })),
  };
}

/** Text and ids as an array of PostgreSQL. */
export function arrayOf(items: readonly string[]): string {
  return `{${items.map((item) => `"${item}"`).join(',')}}`;
}
