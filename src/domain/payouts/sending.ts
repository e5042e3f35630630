import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import type { Tx } from '../kernel/define.ts';
import { newId, type UserId } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';
import { PayoutBatchEntity, PayoutEntity, type Destination, type Payout } from './entities.ts';
import { tellPayee } from './events.ts';
import { creditPayout, readyDestination } from './making.ts';
import { movePayout } from './rows.ts';
import { payoutLimits } from './settings.ts';

export interface Batch {
  readonly batchId: string | null;
  /** How many were sent; those of sellers without a destination went to their wallets and are counted too. */
  readonly payouts: number;
  readonly amountMinor: number;
}

/** Has a pending payout handed to the provider of a destination. */
export async function sendPayout(tx: Tx, payout: Payout, to: Destination): Promise<void> {
  await movePayout(tx, payout, { name: 'send', by: 'system' });
  Object.assign(payout, { provider: to.provider, account: to.account, submitAt: await tx.now() });
  tellPayee(tx, payout);
}

/**
 * Sends pending payouts of a currency, the oldest first and at most `payoutLimits.batchMax`, of sellers who have at
 * least `minAmountMinor` waiting. Those that somebody else is at are passed over.
 */
export async function sendBatch(
  tx: Tx,
  { currency, sellerId, minAmountMinor }: { currency: Currency; sellerId?: UserId | undefined; minAmountMinor: number },
): Promise<Batch> {
  await tx.db.flush();
  const { rows } = await sql<{ id: string }>`
    select id from payout
    where state = 'pending' and currency = ${currency} and user_id in (
      select user_id from payout
      where state = 'pending' and currency = ${currency} and user_id = coalesce(${sellerId ?? null}::uuid, user_id)
      group by user_id having sum(amount_minor) >= ${minAmountMinor})
    order by id limit ${payoutLimits.batchMax} for update skip locked`.execute(tx.sql);
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true, orderBy: { id: 'asc' } } as const;
  const payouts = await tx.db.find(PayoutEntity, { id: { $in: rows.map(({ id }) => id as never) } }, lock);
  if (payouts.length === 0) return { batchId: null, payouts: 0, amountMinor: 0 };
  const amountMinor = payouts.reduce((total, payout) => total + payout.amountMinor, 0);
  const batchId = newId();
  const createdAt = await tx.now();
  tx.db.create(PayoutBatchEntity, { id: batchId, currency, payouts: payouts.length, amountMinor, createdAt });
  for (const payout of payouts) {
    payout.batchId = batchId;
    const to = await readyDestination(tx, payout.userId);
    await (to ? sendPayout(tx, payout, to) : creditPayout(tx, payout));
  }
  return { batchId, payouts: payouts.length, amountMinor };
}
