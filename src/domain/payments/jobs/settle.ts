import { defineSweep } from '../../kernel/define.ts';
import { settle } from '../commands/settle.ts';
import { paymentLimits } from '../settings.ts';

export const settlePayments = defineSweep({
  name: 'payments.settle',
  everySeconds: 5,
  batch: paymentLimits.claimBatch,
  command: settle,
  summary: settle.summary,
});
