import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { orderChanged } from '../../orders/index.ts';
import { applyEvent } from '../applying.ts';
import { ProviderEventEntity } from '../entities.ts';
import { paymentChanged } from '../events.ts';
import { refundPayments } from '../jobs/refund.ts';
import { settlePayments } from '../jobs/settle.ts';
import { claimFacts } from '../provider-events.ts';
import { paymentLimits } from '../settings.ts';

export const claimEvents = defineCommand({
  name: 'payments.claimEvents',
  access: 'system',
  summary: 'Take the next stored provider messages about charges; those that fail come back later and later.',
  input: z.strictObject({}),
  output: z.object({ eventIds: z.array(z.uuid()) }),
  errors: [],
  async run({ tx }) {
    const facts = await claimFacts(tx, 'charge', paymentLimits.claimBatch);
    return { eventIds: facts.map(({ eventId }) => eventId) };
  },
});

export const applyStoredEvent = defineCommand({
  name: 'payments.applyEvent',
  access: 'system',
  summary: 'Apply one stored provider message, once.',
  input: z.strictObject({ eventId: z.uuid() }),
  output: z.object({
    refused: z.object({ provider: z.string(), eventId: z.string(), reason: z.string() }).nullable(),
  }),
  errors: [],
  emits: [paymentChanged, orderChanged],
  async run({ input, tx }) {
    const lockMode = LockMode.PESSIMISTIC_WRITE;
    const event = await tx.db.findOneOrFail(ProviderEventEntity, { id: input.eventId }, { lockMode });
    const reason = await applyEvent(tx, event);
    // Money that came too late, or twice, is refunded without waiting for the next round.
    if (!reason) {
      tx.nudge(settlePayments);
      tx.nudge(refundPayments);
    }
    return { refused: reason ? { provider: event.provider, eventId: event.eventId, reason } : null };
  },
});
