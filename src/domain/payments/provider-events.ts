import { createHash } from 'node:crypto';
import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import type { Tx } from '../kernel/define.ts';
import { newId } from '../kernel/ids.ts';
import { ProviderEventEntity, type ProviderEvent } from './entities.ts';
import { factShapes, type FactOf, type FactSubject } from './facts.ts';
import type { ProviderMessage } from './provider.ts';
import { leaseMs } from './settings.ts';

/** A stored message of a provider about one kind of thing. */
export interface StoredFact<S extends FactSubject> {
  readonly eventId: string;
  readonly provider: string;
  readonly fact: FactOf<S>;
}

/**
 * Takes the next stored messages about one subject. Those that nobody settles come back later and later. Settle each in
 * a transaction of its own, so that one which cannot be applied does not hold up the others.
 */
export async function claimFacts<S extends FactSubject>(tx: Tx, subject: S, limit: number): Promise<StoredFact<S>[]> {
  const now = await tx.now();
  const events = await tx.db.find(
    ProviderEventEntity,
    { subject, outcome: 'pending', dueAt: { $lte: now } },
    { lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE, limit, orderBy: { dueAt: 'asc' } },
  );
  for (const event of events) {
    event.dueAt = new Date(now.getTime() + leaseMs(event.tries));
    event.tries += 1;
  }
  return events.map((event) => storedFact(subject, event));
}

/** One stored message, locked; null when it was settled meanwhile. */
export async function lockFact<S extends FactSubject>(
  tx: Tx,
  subject: S,
  eventId: string,
): Promise<StoredFact<S> | null> {
  const event = await lockEvent(tx, eventId);
  return event?.subject === subject && event.outcome === 'pending' ? storedFact(subject, event) : null;
}

/** Says what became of a stored message; a refused one says why. The first word counts. */
export async function settleFact(
  tx: Tx,
  eventId: string,
  result: { outcome: 'applied' | 'ignored' } | { outcome: 'refused'; reason: string },
): Promise<void> {
  const event = await lockEvent(tx, eventId);
  if (event?.outcome === 'pending') Object.assign(event, result);
}

/**
 * Stores a message of a provider and answers its id; null, changing nothing, when it was known. One that was refused is
 * looked at again when it is told again: what did not fit may have been a setting of ours that was mended since.
 */
export async function storeMessage(
  tx: Tx,
  { provider, source, rawBody = null }: { provider: string; source: ProviderEvent['source']; rawBody?: string | null },
  { eventId, subject, fact }: ProviderMessage,
): Promise<string | null> {
  const id = newId();
  const now = (await tx.now()).toISOString();
  const { rows } = await sql<{ id: string }>`
    insert into provider_event
      (id, provider, event_id, source, subject, raw_body, fact, outcome, due_at, tries, received_at)
    values (${id}, ${provider}, ${eventId}, ${source}, ${subject}, ${rawBody},
            ${JSON.stringify(fact)}::text::jsonb, 'pending', ${now}::timestamptz, 0, ${now}::timestamptz)
    on conflict (provider, event_id) do update
      set outcome = 'pending', reason = null, due_at = excluded.due_at, tries = 0
      where provider_event.outcome = 'refused'
    returning id`.execute(tx.sql);
  return rows[0]?.id ?? null;
}

/**
 * Stores what a provider answered to a call about `id` as one of its messages, to be claimed like those that it sent.
 * Null when it had answered the same before.
 */
export async function storeAnswer<S extends FactSubject>(
  tx: Tx,
  { provider, id, subject }: { provider: string; id: string; subject: S },
  fact: FactOf<S>,
): Promise<string | null> {
  const digest = createHash('sha256').update(JSON.stringify(fact)).digest('base64url');
  const message = { eventId: `call:${id}:${digest}`, subject, fact } as ProviderMessage;
  return storeMessage(tx, { provider, source: 'call' }, message);
}

async function lockEvent(tx: Tx, id: string): Promise<ProviderEvent | null> {
  await tx.db.flush();
  return tx.db.findOne(ProviderEventEntity, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
}

function storedFact<S extends FactSubject>(subject: S, { id, provider, fact }: ProviderEvent): StoredFact<S> {
  return { eventId: id, provider, fact: factShapes[subject].parse(fact) as FactOf<S> };
}
