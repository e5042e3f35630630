import { defineJob } from '../../kernel/define.ts';
import { callProvider } from '../calling.ts';
import { claimSubmissions, recordSubmission } from '../commands/submit.ts';

export const submitPayments = defineJob({
  name: 'payments.submit',
  everySeconds: 10,
  summary: 'Start charges at their providers, with the attempt as idempotency key.',
  async run(context) {
    const { payments } = await context.execute(claimSubmissions, {});
    await Promise.all(
      payments.map(async ({ id: paymentId, provider: name, ...charge }) => {
        const about = { provider: name, id: paymentId };
        const called = await callProvider(context, about, (provider) =>
          provider.start({ attemptId: paymentId, ...charge }),
        );
        await context.execute(recordSubmission, { paymentId, answer: called?.answer ?? null });
      }),
    );
  },
});
