import type { Tx } from '../kernel/define.ts';
import { applyEvent } from './applying.ts';
import { ProviderEventEntity, type Payment } from './entities.ts';
import type { ProviderFact } from './facts.ts';
import { storeAnswer } from './provider-events.ts';

/** Stores a provider's answer to a call as one of its events, and applies it. The same answer again is nothing new. */
export async function hearFact(tx: Tx, { id, provider }: Pick<Payment, 'id' | 'provider'>, fact: ProviderFact) {
  const eventId = await storeAnswer(tx, { provider, id, subject: 'charge' }, fact);
  if (eventId) await applyEvent(tx, await tx.db.findOneOrFail(ProviderEventEntity, { id: eventId }));
}
