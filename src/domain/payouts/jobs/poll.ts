import { defineJob } from '../../kernel/define.ts';
import { callProvider, paymentSettingsPort } from '../../payments/index.ts';
import { recordAnswer } from '../commands/record.ts';
import { claimPolls } from '../commands/submit.ts';

export const pollPayouts = defineJob({
  name: 'payouts.poll',
  everySeconds: 30,
  summary: 'Ask providers about payouts without an outcome, and for some days about those that were paid.',
  async run(context) {
    const { payouts } = await context.execute(claimPolls, {});
    await Promise.all(
      payouts.map(async ({ id: payoutId, provider: name, providerRef }) => {
        const called = await callProvider(context, { provider: name, id: payoutId }, async (provider) => {
          if (!provider.fetchPayout) throw new Error(`${name} pays nothing out`);
          return provider.fetchPayout({ payoutId, providerRef });
        });
        if (!called) return;
        const { refused } = await context.execute(recordAnswer, { payoutId, fact: called.answer });
        if (refused) context.port(paymentSettingsPort).alarm(refused);
      }),
    );
  },
});
