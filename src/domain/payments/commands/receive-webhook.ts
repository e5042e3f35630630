import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { processEvents } from '../jobs/process.ts';
import { storeMessage } from '../provider-events.ts';
import { paymentProvidersPort } from '../provider.ts';
import { paymentLimits } from '../settings.ts';

export const receiveWebhook = defineCommand({
  name: 'payments.receiveWebhook',
  access: 'system',
  summary:
    "Verify and store a provider's message. A repeated one changes nothing; what it means is worked out afterwards.",
  input: z.strictObject({
    provider: z.string().max(50),
    rawBody: z.string().max(paymentLimits.webhookBodyChars),
    headers: z
      .record(z.string(), z.string())
      .refine((all) => Object.keys(all).length <= paymentLimits.webhookHeadersMax),
  }),
  output: z.object({}),
  errors: ['payments.unknown_provider', 'payments.webhook_refused'],
  async prepare({ input, port, fail }) {
    const provider = port(paymentProvidersPort).get(input.provider);
    if (!provider) return fail('payments.unknown_provider');
    return provider.verifyWebhook(input.rawBody, input.headers) ?? fail('payments.webhook_refused');
  },
  async run({ input: { provider, rawBody }, prepared, tx }) {
    await storeMessage(tx, { provider, source: 'webhook', rawBody }, prepared);
    if (prepared.subject === 'charge') tx.nudge(processEvents);
    return {};
  },
});
