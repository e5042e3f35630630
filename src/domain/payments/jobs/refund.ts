import { defineJob } from '../../kernel/define.ts';
import { callProvider } from '../calling.ts';
import { recordAnswer } from '../commands/poll.ts';
import { claimRefunds } from '../commands/refund.ts';

export const refundPayments = defineJob({
  name: 'payments.refund',
  everySeconds: 10,
  summary: 'Send money back through its providers, with the refund as idempotency key.',
  async run(context) {
    const { refunds } = await context.execute(claimRefunds, {});
    await Promise.all(
      refunds.map(async ({ id: refundId, paymentId, provider: name, providerRef, amountMinor }) => {
        const called = await callProvider(context, { provider: name, id: refundId }, (provider) =>
          provider.refund({ refundId, providerRef, amountMinor }),
        );
        if (called) await context.execute(recordAnswer, { paymentId, fact: called.answer });
      }),
    );
  },
});
