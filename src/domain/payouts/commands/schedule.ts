import { sql } from 'kysely';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { UserId } from '../../kernel/ids.ts';
import { AmountMinor, Currency } from '../../kernel/money.ts';
import { orNull } from '../../kernel/or-null.ts';
import { walletChanged } from '../../ledger/index.ts';
import { payoutChanged } from '../events.ts';
import { submitPayouts } from '../jobs/submit.ts';
import { sendBatch } from '../sending.ts';
import { payoutLimits, payoutSettingsPort } from '../settings.ts';

export const schedulePayouts = defineCommand({
  name: 'payouts.schedule',
  access: 'admin',
  ratePerMinute: 30,
  summary: 'Send pending payouts of a currency now, of all sellers or one, the oldest first; `more` says to ask again.',
  input: z.strictObject({
    currency: Currency,
    sellerId: UserId.optional(),
    minAmountMinor: AmountMinor.optional().describe('Leaves out sellers who have less than this waiting.'),
  }),
  output: z.object({ batchId: orNull(z.uuid()), payouts: z.int(), amountMinor: z.int(), more: z.boolean() }),
  errors: [],
  emits: [payoutChanged, walletChanged],
  async run({ input: { currency, sellerId, minAmountMinor = 1 }, tx }) {
    const batch = await sendBatch(tx, { currency, sellerId, minAmountMinor });
    if (batch.batchId) {
      tx.nudge(submitPayouts);
      tx.audit({ action: 'payouts.sent', subject: { kind: 'payout_batch', id: batch.batchId }, details: { ...batch } });
    }
    return { ...batch, more: batch.payouts === payoutLimits.batchMax };
  },
});

export const batchPayouts = defineCommand({
  name: 'payouts.batch',
  access: 'system',
  summary: 'Send the pending payouts of sellers who have enough waiting, a batch for each currency.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  emits: [payoutChanged, walletChanged],
  async run({ tx }) {
    const { minAmountMinor } = tx.port(payoutSettingsPort);
    const { rows } = await sql<{ currency: Currency }>`
      select distinct currency from payout where state = 'pending' order by currency`.execute(tx.sql);
    let swept = 0;
    for (const { currency } of rows) swept += (await sendBatch(tx, { currency, minAmountMinor })).payouts;
    if (swept > 0) tx.nudge(submitPayouts);
    return { swept };
  },
});
