import { defineJob } from '../../kernel/define.ts';
import { callProvider, paymentSettingsPort } from '../../payments/index.ts';
import { recordAnswer } from '../commands/record.ts';
import { claimSubmissions } from '../commands/submit.ts';

export const submitPayouts = defineJob({
  name: 'payouts.submit',
  everySeconds: 10,
  summary: 'Hand payouts to their providers, with the payout as idempotency key.',
  async run(context) {
    const { payouts } = await context.execute(claimSubmissions, {});
    await Promise.all(
      payouts.map(async ({ id: payoutId, provider: name, ...payout }) => {
        const called = await callProvider(context, { provider: name, id: payoutId }, async (provider) => {
          if (!provider.payout) throw new Error(`${name} pays nothing out`);
          return provider.payout({ payoutId, ...payout });
        });
        if (!called) return;
        const { refused } = await context.execute(recordAnswer, { payoutId, fact: called.answer });
        if (refused) context.port(paymentSettingsPort).alarm(refused);
      }),
    );
  },
});
