import { sql } from 'kysely';
import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import type { UserId } from '../../kernel/ids.ts';
import { AmountMinor, Currency } from '../../kernel/money.ts';
import { accounts, payDebt, postTransfer, walletChanged } from '../../ledger/index.ts';
import { PayoutEntity } from '../entities.ts';
import { payoutChanged } from '../events.ts';
import { submitPayouts } from '../jobs/submit.ts';
import { createPayout } from '../making.ts';
import { lockDestination } from '../rows.ts';
import { sendPayout } from '../sending.ts';
import { payoutLimits, payoutSettingsPort } from '../settings.ts';
import { PayoutView, payoutView } from '../views.ts';

export const withdraw = defineCommand({
  name: 'wallet.withdraw',
  access: 'user',
  ratePerMinute: 10,
  summary: 'Send available money of your wallet to your payout destination; the outcome is pushed.',
  input: z.strictObject({ amountMinor: AmountMinor, currency: Currency }),
  output: PayoutView,
  errors: [
    'payouts.no_destination',
    'wallet.below_minimum',
    'wallet.too_many_withdrawals',
    'wallet.daily_limit',
    'wallet.insufficient',
  ],
  emits: [payoutChanged, walletChanged],
  async run({ input: { amountMinor, currency }, actor: { userId }, tx, fail }) {
    const { minAmountMinor, withdrawalsPerDay, withdrawnMinorPerDay } = tx.port(payoutSettingsPort);
    const destination = await lockDestination(tx, userId);
    if (!destination?.ready) return fail('payouts.no_destination');
    if (amountMinor < minAmountMinor) fail('wallet.below_minimum');
    if ((await recentWithdrawals(tx, userId)) >= withdrawalsPerDay) fail('wallet.too_many_withdrawals');
    if ((await withdrawnOf(tx, userId, currency)) + amountMinor > withdrawnMinorPerDay) fail('wallet.daily_limit');
    const payout = await createPayout(tx, { kind: 'withdrawal', orderId: null, userId, currency, amountMinor }, 'bank');
    await sendPayout(tx, payout, destination);
    const postings = [
      { account: accounts.available(userId), amountMinor: -amountMinor },
      { account: accounts.payout(userId), amountMinor },
    ];
    await payDebt(tx, { userId, currency });
    const outcome = await postTransfer(tx, { kind: 'wallet.withdraw', reference: payout.id, currency, postings });
    if (outcome === 'insufficient') fail('wallet.insufficient');
    tx.nudge(submitPayouts);
    return payoutView(payout);
  },
});

/** Those that failed count too: each is work for the bank. */
async function recentWithdrawals(tx: Tx, userId: UserId): Promise<number> {
  const since = new Date((await tx.now()).getTime() - payoutLimits.withdrawalWindowMs);
  return tx.db.count(PayoutEntity, { userId, kind: 'withdrawal', createdAt: { $gt: since } });
}

/** What has left in a currency, or is about to: what failed is in the wallet again. */
async function withdrawnOf(tx: Tx, userId: UserId, currency: Currency): Promise<number> {
  const since = new Date((await tx.now()).getTime() - payoutLimits.withdrawalWindowMs);
  const { rows } = await sql<{ total: string }>`
    select coalesce(sum(amount_minor), 0)::text as total from payout
    where user_id = ${userId} and kind = 'withdrawal' and currency = ${currency}
      and state in ('pending', 'processing', 'paid') and created_at > ${since.toISOString()}::timestamptz`.execute(
    tx.sql,
  );
  return Number(rows[0]?.total ?? 0);
}
