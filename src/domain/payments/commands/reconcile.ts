import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { reconcilePayments } from '../jobs/reconcile.ts';

export const startReconciliation = defineCommand({
  name: 'payments.reconcile',
  access: 'admin',
  ratePerMinute: 2,
  summary: "Have the providers' books compared with ours now, and not only once a day; see `payments.reconciliation`.",
  input: z.strictObject({}),
  output: z.object({}),
  errors: [],
  async run({ tx }) {
    tx.nudge(reconcilePayments);
    return {};
  },
});
