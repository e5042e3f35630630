import { defineJob } from '../../kernel/define.ts';
import { paymentSettingsPort } from '../../payments/index.ts';
import { applyPayoutFact, claimPayoutFacts } from '../commands/record.ts';

const batchesMax = 100;

export const applyPayoutFacts = defineJob({
  name: 'payouts.apply',
  everySeconds: 5,
  summary: 'Apply stored provider messages about payouts, each in a transaction of its own.',
  async run({ execute, port, signal }) {
    const { alarm } = port(paymentSettingsPort);
    const failures: unknown[] = [];
    for (let batch = 0; batch < batchesMax && !signal.aborted; batch += 1) {
      const { eventIds } = await execute(claimPayoutFacts, {});
      if (eventIds.length === 0) break;
      for (const eventId of eventIds) {
        const [result] = await Promise.allSettled([execute(applyPayoutFact, { eventId })]);
        if (result?.status === 'rejected') failures.push(result.reason);
        else if (result?.value.refused) alarm(result.value.refused);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'messages about payouts could not be applied');
  },
});
