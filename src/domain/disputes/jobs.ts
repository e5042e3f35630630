import { defineSweep } from '../kernel/define.ts';
import { escalateRequests, lapseDisputes } from './commands/sweeps.ts';
import { disputeLimits } from './settings.ts';

export const escalateRequestsJob = defineSweep({
  name: 'refunds.escalate',
  everySeconds: 60,
  batch: 1,
  command: escalateRequests,
  summary: escalateRequests.summary,
});

export const lapseDisputesJob = defineSweep({
  name: 'disputes.lapse',
  everySeconds: 60,
  batch: disputeLimits.sweepBatch,
  command: lapseDisputes,
  summary: lapseDisputes.summary,
});
