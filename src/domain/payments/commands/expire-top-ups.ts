import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { PaymentEntity } from '../entities.ts';
import { paymentChanged } from '../events.ts';
import { pollPayments } from '../jobs/poll.ts';
import { openStates } from '../machine.ts';
import { endPayment } from '../moving.ts';
import { paymentLimits } from '../settings.ts';

export const expireTopUps = defineCommand({
  name: 'payments.expireTopUps',
  access: 'system',
  summary: 'End top-ups whose time is over. Money of them that comes later is credited all the same.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  emits: [paymentChanged],
  async run({ tx }) {
    const due = { purpose: 'top_up', state: { $in: [...openStates] }, deadline: { $lte: await tx.now() } } as const;
    const payments = await tx.db.find(PaymentEntity, due, {
      lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE,
      refresh: true,
      limit: paymentLimits.claimBatch,
      orderBy: { deadline: 'asc' },
    });
    for (const payment of payments) await endPayment(tx, payment, { name: 'expire', by: 'system' });
    if (payments.length > 0) tx.nudge(pollPayments);
    return { swept: payments.length };
  },
});
