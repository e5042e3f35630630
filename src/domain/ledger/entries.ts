import { randomInt } from 'node:crypto';
import type { Account } from './accounts.ts';
import type { Transfer } from './post.ts';

/** One row of an account, and what all transfers together post to it. */
interface AccountEntry {
  readonly code: string;
  readonly currency: string;
  readonly shard: number;
  readonly side: Account['side'];
  readonly userId: string | null;
  deltaMinor: number;
  postings: number;
}

/**
 * Transfers as `ledger_post` takes them: the accounts, each once and in the order of their codes, and the postings by
 * the number of their transfer and account (from 1), each with what the account has got up to it.
 */
export function entriesOf(transfers: readonly Transfer[]) {
  const entries = accountsOf(transfers);
  const numbers = new Map(entries.map((entry, index) => [keyOf(entry), index + 1]));
  const postings = transfers.flatMap(({ currency, postings: own }, index) =>
    own.map(({ account, amountMinor }, item) => {
      const number = numbers.get(keyOf({ code: account.code, currency })) ?? 0;
      const entry = entries[number - 1]!;
      entry.deltaMinor += amountMinor;
      entry.postings += 1;
      const { deltaMinor: sumMinor, postings: nth } = entry;
      return { transfer: index + 1, ord: item + 1, account: number, currency, amountMinor, sumMinor, nth };
    }),
  );
  return { accounts: entries, postings };
}

const keyOf = ({ code, currency }: { code: string; currency: string }) => `${code} ${currency}`;

function accountsOf(transfers: readonly Transfer[]): AccountEntry[] {
  const entries = new Map<string, AccountEntry>();
  for (const { currency, postings } of transfers) {
    for (const { account } of postings) {
      const { code, shards, side, userId = null } = account;
      const key = keyOf({ code, currency });
      if (entries.has(key)) continue;
      // Any row of a hot account will do: whoever comes at the same time mostly has another.
      const shard = shards > 1 ? randomInt(shards) : 0;
      entries.set(key, { code, currency, shard, side, userId, deltaMinor: 0, postings: 0 });
    }
  }
  return [...entries.values()].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}
