import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { walletChanged } from '../../ledger/index.ts';
import { PayoutId } from '../entities.ts';
import { payoutChanged, tellPayee } from '../events.ts';
import { lockPayout, movePayout } from '../rows.ts';
import { returnToWallet } from '../settling.ts';
import { PayoutView, payoutView } from '../views.ts';

export const cancelPayout = defineCommand({
  name: 'payouts.cancel',
  access: 'admin',
  ratePerMinute: 60,
  summary: 'Stop a payout that was not sent yet; the money goes to the wallet of the person.',
  input: z.strictObject({ payoutId: PayoutId, reason: z.string().trim().min(1).max(500) }),
  output: PayoutView,
  errors: ['payouts.not_found', 'payouts.not_pending'],
  emits: [payoutChanged, walletChanged],
  async run({ input: { payoutId, reason }, tx, fail }) {
    const payout = await lockPayout(tx, payoutId);
    if (!payout) return fail('payouts.not_found');
    if (payout.state !== 'pending') fail('payouts.not_pending');
    await movePayout(tx, payout, { name: 'cancel', by: 'staff' });
    payout.failureReason = reason;
    await returnToWallet(tx, payout, { wasPaid: false });
    tellPayee(tx, payout);
    return payoutView(payout);
  },
});
