import { sql } from 'kysely';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { newId } from '../../kernel/ids.ts';
import { processEvents } from '../jobs/process.ts';
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
  async run({ input, prepared: { eventId, fact }, tx }) {
    const now = (await tx.now()).toISOString();
    await sql`
      insert into provider_event
        (id, provider, event_id, source, raw_body, fact, outcome, due_at, tries, received_at)
      values (${newId()}, ${input.provider}, ${eventId}, 'webhook', ${input.rawBody},
              ${JSON.stringify(fact)}::text::jsonb, 'pending', ${now}::timestamptz, 0, ${now}::timestamptz)
      on conflict (provider, event_id) do nothing`.execute(tx.sql);
    tx.nudge(processEvents);
    return {};
  },
});
