import { createHash } from 'node:crypto';
import type { Tx } from '../kernel/define.ts';
import { newId } from '../kernel/ids.ts';
import { applyEvent } from './applying.ts';
import { ProviderEventEntity, type Payment } from './entities.ts';
import type { ProviderFact } from './provider.ts';

/** Stores a provider's answer to a call as one of its events, and applies it. The same answer again is nothing new. */
export async function hearFact(tx: Tx, payment: Pick<Payment, 'id' | 'provider'>, fact: ProviderFact): Promise<void> {
  const digest = createHash('sha256').update(JSON.stringify(fact)).digest('base64url');
  const eventId = `call:${payment.id}:${digest}`;
  const known = await tx.db.findOne(ProviderEventEntity, { provider: payment.provider, eventId });
  if (known) return;
  const now = await tx.now();
  const event = tx.db.create(ProviderEventEntity, {
    id: newId(),
    provider: payment.provider,
    eventId,
    source: 'call',
    rawBody: null,
    fact,
    outcome: 'pending',
    reason: null,
    paymentId: null,
    dueAt: now,
    tries: 0,
    receivedAt: now,
  });
  await tx.db.flush();
  await applyEvent(tx, event);
}
