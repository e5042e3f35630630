import type { Tx } from '../kernel/define.ts';
import { applyEvent } from './applying.ts';
import { ProviderEventEntity, type Payment } from './entities.ts';
import type { ProviderFact } from './facts.ts';
import { storeAnswer } from './provider-events.ts';
import { paymentSettingsPort } from './settings.ts';

/**
 * Stores a provider's answer to a call as one of its events, and applies it. The same answer again is nothing new; one
 * that does not fit moves nothing, and the alarm hears of it.
 */
export async function hearFact(tx: Tx, { id, provider }: Pick<Payment, 'id' | 'provider'>, fact: ProviderFact) {
  const eventId = await storeAnswer(tx, { provider, id, subject: 'charge' }, fact);
  if (!eventId) return;
  const event = await tx.db.findOneOrFail(ProviderEventEntity, { id: eventId }, { refresh: true });
  const reason = await applyEvent(tx, event);
  if (reason) tx.port(paymentSettingsPort).alarm({ provider, eventId: event.eventId, reason });
}
