import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { orderChanged } from '../../orders/index.ts';
import { applyEvent } from '../applying.ts';
import { ProviderEventEntity } from '../entities.ts';
import { paymentChanged } from '../events.ts';
import { settlePayments } from '../jobs/settle.ts';
import { leaseMs, paymentLimits } from '../settings.ts';

export const claimEvents = defineCommand({
  name: 'payments.claimEvents',
  access: 'system',
  summary: 'Take the next stored provider messages; those that fail come back later and later.',
  input: z.strictObject({}),
  output: z.object({ eventIds: z.array(z.uuid()) }),
  errors: [],
  async run({ tx }) {
    const now = await tx.now();
    const events = await tx.db.find(
      ProviderEventEntity,
      { outcome: 'pending', dueAt: { $lte: now } },
      {
        lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE,
        limit: paymentLimits.claimBatch,
        orderBy: { dueAt: 'asc' },
      },
    );
    for (const event of events) {
      event.dueAt = new Date(now.getTime() + leaseMs(event.tries));
      event.tries += 1;
    }
    return { eventIds: events.map(({ id }) => id) };
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
    // Money that came too late is refunded without waiting for the next round.
    if (!reason) tx.nudge(settlePayments);
    return { refused: reason ? { provider: event.provider, eventId: event.eventId, reason } : null };
  },
});
