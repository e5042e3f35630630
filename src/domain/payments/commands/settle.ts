import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { claimEndedGroups, claimRefundsDue, orderChanged, type OrderGroup } from '../../orders/index.ts';
import { paymentChanged } from '../events.ts';
import { pollPayments } from '../jobs/poll.ts';
import { refundPayments } from '../jobs/refund.ts';
import { endPayment } from '../moving.ts';
import { refundOrder } from '../refunding.ts';
import { lockPaymentsOfAll } from '../rows.ts';
import { paymentLimits } from '../settings.ts';

/** Groups of one transaction. */
export const settleBatch = 200;

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
    const groups = await claimEndedGroups(tx, settleBatch);
    await endAttempts(tx, groups);
    if (groups.length > 0) tx.nudge(pollPayments);
    return { swept: refunds.length === paymentLimits.claimBatch ? settleBatch : groups.length };
  },
});

/** Most groups that end unpaid were never tried to be paid: only what was tried costs more than a row. */
async function endAttempts(tx: Tx, groups: readonly Pick<OrderGroup, 'id' | 'state'>[]): Promise<void> {
  if (groups.length === 0) return;
  const states = new Map<string | null | undefined, OrderGroup['state']>(groups.map(({ id, state }) => [id, state]));
  for (const payment of await lockPaymentsOfAll(tx, groups)) {
    const name = states.get(payment.orderGroupId) === 'cancelled' ? 'cancel' : 'expire';
    await endPayment(tx, payment, { name, by: 'system' });
  }
}
