import { defineSweep } from '../../kernel/define.ts';
import { makePayouts } from '../commands/make.ts';
import { batchPayouts } from '../commands/schedule.ts';
import { payoutLimits } from '../settings.ts';

export const makeDuePayouts = defineSweep({
  name: 'payouts.make',
  everySeconds: 5,
  batch: payoutLimits.makeBatch,
  command: makePayouts,
  summary: makePayouts.summary,
});

export const batchDuePayouts = defineSweep({
  name: 'payouts.batch',
  everySeconds: 86_400,
  batch: payoutLimits.batchMax,
  command: batchPayouts,
  summary: batchPayouts.summary,
});
