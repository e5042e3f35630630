import { defineSweep } from '../../kernel/define.ts';
import { settle, settleBatch } from '../commands/settle.ts';

export const settlePayments = defineSweep({
  name: 'payments.settle',
  everySeconds: 5,
  batch: settleBatch,
  isPatient: true,
  command: settle,
  summary: settle.summary,
});
