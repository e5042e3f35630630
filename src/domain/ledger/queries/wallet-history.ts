import { sql } from 'kysely';
import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { Currency } from '../../kernel/money.ts';
import { orNull } from '../../kernel/or-null.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { accounts } from '../accounts.ts';

const WalletEntry = z.object({
  id: z.string(),
  /** What happened, as docs/MONEY.md lists it; `wallet.hold` sets money aside and `wallet.void` gives it back. */
  kind: z.string(),
  /** By how much the available money changed. */
  amountMinor: z.int(),
  /** What was available after it. */
  balanceMinor: z.int(),
  currency: Currency,
  orderId: orNull(z.uuid()),
  at: Timestamp,
});

interface EntryRow {
  readonly transfer_id: string;
  readonly version: number;
  readonly kind: string;
  readonly amount: string;
  readonly balance: string;
  readonly order_id: string | null;
  readonly at: Date;
}

export const walletHistory = defineQuery({
  name: 'wallet.history',
  access: 'user',
  current: true,
  summary: 'Every change of the available money of one wallet, newest first, with the balance after it.',
  input: z.strictObject({ currency: Currency, ...pageInput }),
  output: page(WalletEntry),
  errors: [],
  async run({ input: { currency, cursor, limit }, actor: { userId }, sql: plain }) {
    // The account's postings are numbered without a gap, so their number is the key of the page.
    const before = decodeCursor(cursor, z.tuple([z.int().min(1).max(2_147_483_647)]))?.[0] ?? null;
    const { rows } = await sql<EntryRow>`
      select p.transfer_id, p.version, t.kind, p.amount_minor::text as amount, p.balance_minor::text as balance,
             t.order_id, t.at
      from ledger_account a
      join ledger_posting p on p.account_id = a.id
      join ledger_transfer t on t.id = p.transfer_id
      where a.code = ${accounts.available(userId).code} and a.currency = ${currency}
        and p.version < coalesce(${before}::integer, 2147483647)
      order by p.version desc limit ${limit + 1}`.execute(plain);
    return cutPage(rows, limit, {
      item: (row) => ({
        id: `${row.transfer_id}:${row.version}`,
        kind: row.kind,
        amountMinor: Number(row.amount),
        balanceMinor: Number(row.balance),
        currency,
        orderId: row.order_id,
        at: iso(new Date(row.at)),
      }),
      key: ({ version }) => [version],
    });
  },
});
