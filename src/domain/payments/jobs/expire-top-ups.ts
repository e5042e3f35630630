import { defineSweep } from '../../kernel/define.ts';
import { expireTopUps } from '../commands/expire-top-ups.ts';
import { paymentLimits } from '../settings.ts';

export const expireWalletTopUps = defineSweep({
  name: 'payments.expireTopUps',
  everySeconds: 30,
  batch: paymentLimits.claimBatch,
  command: expireTopUps,
  summary: expireTopUps.summary,
});
