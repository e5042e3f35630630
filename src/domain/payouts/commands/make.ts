import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { claimPayoutsDue, releaseReserves } from '../../escrow/index.ts';
import { walletChanged } from '../../ledger/index.ts';
import { payoutChanged } from '../events.ts';
import { makePayout } from '../making.ts';
import { payoutLimits } from '../settings.ts';

export const makePayouts = defineCommand({
  name: 'payouts.make',
  access: 'system',
  summary: 'Make the payouts of what orders have released, and of reserves whose time is over.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  emits: [payoutChanged, walletChanged],
  async run({ tx }) {
    const released = await claimPayoutsDue(tx, payoutLimits.makeBatch);
    for (const { orderId, sellerId: userId, currency, payoutMinor } of released)
      await makePayout(tx, { kind: 'release', orderId, userId, currency, amountMinor: payoutMinor });
    const reserves = await releaseReserves(tx, payoutLimits.makeBatch);
    for (const { escrow, amountMinor } of reserves) {
      const { orderId, sellerId: userId, currency } = escrow;
      if (amountMinor > 0) await makePayout(tx, { kind: 'reserve', orderId, userId, currency, amountMinor });
    }
    return { swept: Math.max(released.length, reserves.length) };
  },
});
