import { defineJob, defineSweep } from '../kernel/define.ts';
import { callProvider, paymentSettingsPort } from '../payments/index.ts';
import { applyChargebackFact, claimChargebackFacts } from './commands/process-chargebacks.ts';
import { claimEvidence, recordEvidence } from './commands/send-evidence.ts';
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

const roundsMax = 100;

export const processChargebacks = defineJob({
  name: 'chargebacks.process',
  everySeconds: 5,
  summary: 'Apply stored provider messages about chargebacks, each in a transaction of its own.',
  async run({ execute, port, signal }) {
    const { alarm } = port(paymentSettingsPort);
    const failures: unknown[] = [];
    for (let round = 0; round < roundsMax && !signal.aborted; round += 1) {
      const { eventIds } = await execute(claimChargebackFacts, {});
      if (eventIds.length === 0) break;
      for (const eventId of eventIds) {
        // One message that cannot be applied must not hold up the others.
        const [result] = await Promise.allSettled([execute(applyChargebackFact, { eventId })]);
        if (result?.status === 'rejected') failures.push(result.reason);
        else if (result?.value.refused) alarm(result.value.refused);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'messages about chargebacks could not be applied');
  },
});

export const sendEvidence = defineJob({
  name: 'chargebacks.sendEvidence',
  everySeconds: 30,
  summary: 'Send evidence against chargebacks to their providers.',
  async run(context) {
    const { submissions } = await context.execute(claimEvidence, {});
    for (const { chargebackId, provider: name, submitAt, ...evidence } of submissions) {
      const called = await callProvider(context, { provider: name, id: chargebackId }, async (provider) => {
        if (!provider.submitEvidence) throw new Error(`${name} takes no evidence`);
        return provider.submitEvidence(evidence);
      });
      if (called) await context.execute(recordEvidence, { chargebackId, submitAt, fact: called.answer });
    }
  },
});
