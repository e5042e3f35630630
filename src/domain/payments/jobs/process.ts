import { defineJob } from '../../kernel/define.ts';
import { applyStoredEvent, claimEvents } from '../commands/process.ts';
import { paymentSettingsPort } from '../settings.ts';

const batchesMax = 100;

export const processEvents = defineJob({
  name: 'payments.process',
  everySeconds: 5,
  summary: 'Apply stored provider messages, each in a transaction of its own.',
  async run({ execute, port, signal }) {
    const { alarm } = port(paymentSettingsPort);
    const failures: unknown[] = [];
    for (let batch = 0; batch < batchesMax && !signal.aborted; batch += 1) {
      const { eventIds } = await execute(claimEvents, {});
      if (eventIds.length === 0) break;
      for (const eventId of eventIds) {
        // One message that cannot be applied must not hold up the others.
        const [result] = await Promise.allSettled([execute(applyStoredEvent, { eventId })]);
        if (result?.status === 'rejected') failures.push(result.reason);
        else if (result?.value.refused) alarm(result.value.refused);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'provider messages could not be applied');
  },
});
