import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { assert } from '../../kernel/errors.ts';
import { applyMove } from '../../kernel/machine.ts';
import { orNull } from '../../kernel/or-null.ts';
import { Timestamp } from '../../kernel/timestamp.ts';
import { addressBookPort, channels, outboxSettingsPort, type PushTarget } from '../channel.ts';
import { OutgoingMessageEntity, type OutgoingMessage } from '../entities.ts';
import { outgoingMessageMachine } from '../machine.ts';
import { endMessage, retryOrFail } from '../moving.ts';
import { outboxLimits } from '../settings.ts';
import { locales } from '../templates.ts';

const Claimed = z.object({
  id: z.uuid(),
  attempt: z.int(),
  recipient: z.string(),
  target: orNull(z.object({ platform: z.enum(['android', 'ios', 'web']), pushToken: z.string() })),
  template: z.string(),
  locale: z.enum(locales),
  timezone: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  about: orNull(z.string()),
  unsubscribeUrl: orNull(z.string()),
  dueAt: Timestamp,
  ttlSeconds: z.int(),
});
export type Claimed = z.infer<typeof Claimed>;

export const claimMessages = defineCommand({
  name: 'outbox.claim',
  access: 'system',
  summary: 'Take due messages of one channel, noting the attempt before it is made; end those past their time.',
  input: z.strictObject({ channel: z.enum(channels) }),
  output: z.object({ messages: z.array(Claimed), seen: z.int() }),
  errors: [],
  async run({ input: { channel }, tx }) {
    const now = await tx.now();
    const due = [
      { state: 'queued', dueAt: { $lte: now } },
      { state: 'sending', claimedUntil: { $lte: now } },
    ] as const;
    const rows = await tx.db.find(
      OutgoingMessageEntity,
      { channel, $or: [...due] },
      {
        lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE,
        orderBy: { dueAt: 'asc' },
        limit: outboxLimits.claimBatch,
      },
    );
    for (const row of rows) settleLost(tx, row, now);
    for (const row of rows) if (row.state === 'queued' && row.expiresAt <= now) expire(tx, row, now);
    const ready = rows.filter(({ state, dueAt }) => state === 'queued' && dueAt <= now);
    const targets = channel === 'push' ? await pushTargets(tx, ready, now) : null;
    for (const row of ready) {
      applyMove(outgoingMessageMachine, row, { name: 'claim', by: 'system', at: now });
      row.attempts += 1;
      row.claimedUntil = new Date(now.getTime() + outboxLimits.claimMs);
    }
    const reachable = targets ? ready.filter(({ recipient }) => targets.has(recipient)) : ready;
    for (const row of ready) {
      if (!reachable.includes(row))
        endMessage(row, { name: 'refuse', by: 'provider', at: now, reason: 'no such device' });
    }
    const messages = reachable.map((row) => claimed(row, targets?.get(row.recipient) ?? null, now));
    return { messages, seen: rows.length };
  },
});

/** A claim that ended without an answer: its process died, perhaps after the provider had taken the message. */
function settleLost(tx: Tx, row: OutgoingMessage, now: Date): void {
  if (row.state !== 'sending') return;
  row.doubts += 1;
  retryOrFail(row, { by: 'system', at: now, reason: 'no answer was recorded', afterMs: 0 });
  tx.port(outboxSettingsPort).observe({ channel: row.channel, outcome: 'lost' });
}

function expire(tx: Tx, row: OutgoingMessage, at: Date): void {
  endMessage(row, { name: 'expire', by: 'system', at, reason: row.lastError ?? 'not sent in time' });
  tx.port(outboxSettingsPort).observe({ channel: row.channel, outcome: 'expired' });
}

async function pushTargets(tx: Tx, rows: readonly OutgoingMessage[], now: Date): Promise<Map<string, PushTarget>> {
  if (rows.length === 0) return new Map();
  return tx.port(addressBookPort).pushTargets(tx.sql, { deviceIds: rows.map(({ recipient }) => recipient), now });
}

function claimed(row: OutgoingMessage, target: PushTarget | null, now: Date): z.input<typeof Claimed> {
  const { id, attempts: attempt, recipient, template, locale, timezone, params, about, unsubscribeUrl, dueAt } = row;
  const { expiresAt } = row;
  assert(expiresAt > now, `message ${id} is sent in time`);
  const ttlSeconds = Math.ceil((expiresAt.getTime() - now.getTime()) / 1000);
  return {
    id,
    attempt,
    recipient,
    target,
    template,
    locale,
    timezone,
    params,
    about,
    unsubscribeUrl: unsubscribeUrl ?? null,
    dueAt: dueAt.toISOString(),
    ttlSeconds,
  };
}
