import type { Sql } from '../../kernel/define.ts';
import { runCheck, type CheckResult, type Difference, type Scope } from './check.ts';
import { journalChecks } from './journal.ts';
import { rowChecks } from './rows.ts';

/** Compares the books with themselves and with the rows that explain them. */
export async function checkBooks(db: Sql, scope: Scope = 'all'): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of [...journalChecks, ...rowChecks]) results.push(await runCheck(db, check, scope));
  return results;
}

export function differencesOf(results: readonly CheckResult[]): Difference[] {
  return results.flatMap(({ differences }) => differences);
}
