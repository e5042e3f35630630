import { sql } from 'kysely';
import { z } from 'zod';
import { defineEvent, type Sql, type SnapshotPart, type Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { Currency } from '../kernel/money.ts';
import { iso, Timestamp } from '../kernel/timestamp.ts';

/** A person's money with the market in one currency. */
export const WalletView = z.object({
  id: z.uuid(),
  version: z.int(),
  currency: Currency,
  /** Free to spend or to withdraw. */
  availableMinor: z.int(),
  /** Held for a purchase or a fee. */
  reservedMinor: z.int(),
  updatedAt: Timestamp,
});

/** Money that comes without the person's doing. What is paid out, and what comes back of it, is told by the payout. */
const templates: Readonly<Record<string, string>> = {
  'wallet.top_up': 'wallet.topped_up',
  'refund.credit': 'wallet.refunded',
  'promo.credit': 'wallet.credited',
  'take.refund': 'wallet.fee_returned',
};

export const walletChanged = defineEvent({
  type: 'wallet.changed',
  entity: 'wallet',
  view: WalletView,
  /** `amountMinor`: by how much the available money changed. */
  change: z.object({ kind: z.string(), amountMinor: z.int() }),
  notice({ view: { id, currency }, change }) {
    const template = change && templates[change.kind];
    if (!template) return null;
    const params = { amountMinor: change.amountMinor, currency };
    return { topic: 'payments', template, params, about: { entity: 'wallet', id } };
  },
});

/** Whose wallet a transfer changed. */
export interface WalletOwner {
  readonly userId: UserId;
  readonly currency: Currency;
  readonly kind: string;
  readonly amountMinor: number;
}

interface WalletRow {
  readonly id: string;
  readonly user_id: UserId;
  readonly currency: Currency;
  readonly version: string;
  readonly available: string;
  readonly reserved: string;
  readonly updated_at: Date;
}

/** Wallets of people. The two accounts of one are one view, whose version is the number of postings of both. */
export async function walletsOf(
  db: Sql,
  userIds: readonly UserId[],
): Promise<{ userId: UserId; view: z.input<typeof WalletView> }[]> {
  const { rows } = await sql<WalletRow>`
    select (array_agg(id order by code))[1]::text as id, user_id, currency, sum(version)::text as version,
           coalesce(sum(balance_minor) filter (where code like '%:available'), 0)::text as available,
           coalesce(sum(balance_minor) filter (where code like '%:reserved'), 0)::text as reserved,
           max(updated_at) as updated_at
    from ledger_account where user_id = any(${`{${userIds.join(',')}}`}::uuid[])
    group by user_id, currency order by user_id, currency`.execute(db);
  return rows.map((row) => ({
    userId: row.user_id,
    view: {
      id: row.id,
      version: Number(row.version),
      currency: row.currency,
      availableMinor: Number(row.available),
      reservedMinor: Number(row.reserved),
      updatedAt: iso(new Date(row.updated_at)),
    },
  }));
}

export async function tellWallets(tx: Tx, owners: readonly WalletOwner[]): Promise<void> {
  if (owners.length === 0) return;
  const wallets = await walletsOf(
    tx.sql,
    owners.map(({ userId }) => userId),
  );
  for (const { userId, currency, ...change } of owners) {
    const wallet = wallets.find((one) => one.userId === userId && one.view.currency === currency);
    if (wallet) tx.emit(walletChanged, userId, { view: wallet.view, change });
  }
}

export const walletSnapshot: SnapshotPart = {
  entity: 'wallet',
  async load({ sql: plain, userId }) {
    return (await walletsOf(plain, [userId])).map(({ view }) => view as never);
  },
};
