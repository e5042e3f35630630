import { defineSweep } from '../kernel/define.ts';
import { limits } from '../kernel/limits.ts';
import { expire, lapse, lapseBatch } from './commands/sweeps.ts';

export const expireOffers = defineSweep({
  name: 'offers.expire',
  everySeconds: 10,
  batch: limits.sweepBatch,
  command: expire,
  summary: expire.summary,
});

export const lapseOffers = defineSweep({
  name: 'offers.lapse',
  everySeconds: 10,
  batch: lapseBatch,
  command: lapse,
  summary: lapse.summary,
});
