import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { claimEndedGroups, claimRefundsDue, orderChanged, type OrderGroup } from '../../orders/index.ts';
import { paymentChanged } from '../events.ts';
import { pollPayments } from '../jobs/poll.ts';
import { refundPayments } from '../jobs/refund.ts';
import { endPayment } from '../moving.ts';
import { refundOrder } from '../refunding.ts';
import { lockPaymentsOf } from '../rows.ts';
import { paymentLimits } from '../settings.ts';

export const settle = defineCommand({
  name: 'payments.settle',
  access: 'system',
  summary: 'Refund orders that did not come about, and end the attempts to pay of order groups that ended unpaid.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  emits: [paymentChanged, orderChanged],
  async run({ tx }) {
    const refunds = await claimRefundsDue(tx, paymentLimits.claimBatch);
    for (const refund of refunds) await refundOrder(tx, refund);
    if (refunds.length > 0) tx.nudge(refundPayments);
    const groups = await claimEndedGroups(tx, paymentLimits.claimBatch);
    for (const group of groups) await endAttempts(tx, group);
    if (groups.length > 0) tx.nudge(pollPayments);
    return { swept: refunds.length + groups.length };
  },
});

async function endAttempts(tx: Tx, group: OrderGroup): Promise<void> {
  const name = group.state === 'cancelled' ? 'cancel' : 'expire';
  for (const payment of await lockPaymentsOf(tx, group)) {
    await endPayment(tx, payment, { name, by: 'system' });
  }
}
