import { defineJob } from '../../kernel/define.ts';
import { callProvider } from '../calling.ts';
import { claimPolls, recordAnswer } from '../commands/poll.ts';

export const pollPayments = defineJob({
  name: 'payments.poll',
  everySeconds: 30,
  summary: 'Ask providers about charges without an outcome, and stop those that ended on our side.',
  async run(context) {
    const { payments } = await context.execute(claimPolls, {});
    await Promise.all(
      payments.map(async ({ id: attemptId, provider: name, providerRef, stop }) => {
        const key = { attemptId, providerRef };
        const called = await callProvider(context, { provider: name, id: attemptId }, (provider) =>
          stop ? provider.cancel(key) : provider.fetch(key),
        );
        if (called) await context.execute(recordAnswer, { paymentId: attemptId, fact: called.answer });
      }),
    );
  },
});
