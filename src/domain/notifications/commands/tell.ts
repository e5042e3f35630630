import { sql } from 'kysely';
import { z } from 'zod';
import { audiencePort } from '../../kernel/audience.ts';
import { defineCommand, type Sql, type Tx } from '../../kernel/define.ts';
import type { Clearance, Notice } from '../../kernel/events.ts';
import type { UserId } from '../../kernel/ids.ts';
import { notificationChanged } from '../events.ts';
import { peopleOf } from '../people.ts';
import { notificationLimits } from '../settings.ts';
import { aboutKey, clearTold, tellFact } from '../telling.ts';

const { peopleBatch, noticesPerPerson, noticeKeptMs } = notificationLimits;

export const tellNotices = defineCommand({
  name: 'notifications.tell',
  access: 'system',
  summary: 'Turn notices of inbox events into notifications and messages, each once.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  emits: [notificationChanged],
  /** Presence is asked before the transaction: it may be on another node, behind Redis. */
  async prepare({ sql: db, port }) {
    const userIds = await waiting(db);
    const online = userIds.length === 0 ? new Set<string>() : await port(audiencePort).online(userIds);
    return { userIds, online };
  },
  async run({ prepared: { userIds, online }, tx }) {
    const before = new Date((await tx.now()).getTime() - noticeKeptMs).toISOString();
    await sql`delete from inbox_notice where at < ${before}::timestamptz`.execute(tx.sql);
    const facts = await takeFacts(tx, userIds);
    const people = await peopleOf(tx, [...facts.keys()]);
    for (const [userId, own] of facts) {
      const person = people.get(userId);
      if (!person) continue;
      for (const { seq, notice } of stillNews(own)) {
        if ('clears' in notice) await clearTold(tx, userId, notice.clears);
        else await tellFact(tx, { seq, notice }, { person, isOnline: online.has(userId) });
      }
    }
    // A batch in which others hold some of the people is full all the same.
    return { swept: userIds.length };
  },
});

interface Taken {
  readonly seq: number;
  readonly notice: Notice | Clearance;
}

/** Without what was seen before anybody came to tell it. */
function stillNews(taken: readonly Taken[]): Taken[] {
  const clearedAt = new Map(
    taken.flatMap(({ seq, notice }) => ('clears' in notice ? [[aboutKey(notice.clears), seq] as const] : [])),
  );
  return taken.filter(({ seq, notice }) => 'clears' in notice || seq > (clearedAt.get(aboutKey(notice.about)) ?? 0));
}

async function waiting(db: Sql): Promise<UserId[]> {
  const { rows } = await sql<{ user_id: UserId }>`
    select user_id from inbox_notice group by user_id order by min(at), user_id limit ${peopleBatch}`.execute(db);
  return rows.map(({ user_id: userId }) => userId);
}

/**
 * Takes the notices of people whom no other worker is at, in the order of each inbox. They are deleted in this
 * transaction: whatever becomes of it, a notice is told once or still there.
 */
async function takeFacts(tx: Tx, userIds: readonly UserId[]): Promise<Map<UserId, Taken[]>> {
  if (userIds.length === 0) return new Map();
  const { rows } = await sql<{ user_id: UserId; seq: string; notice: Taken['notice'] }>`
    with free as materialized (
      select id from unnest(${`{${userIds.join(',')}}`}::uuid[]) as id
      where pg_try_advisory_xact_lock(hashtextextended('notifications ' || id::text, 0))
    ), taken as (
      delete from inbox_notice where (user_id, seq) in (
        select notice.user_id, notice.seq from free cross join lateral (
          select user_id, seq from inbox_notice where user_id = free.id order by seq limit ${noticesPerPerson}
        ) notice)
      returning user_id, seq, notice
    )
    select user_id, seq::text, notice from taken order by user_id, seq`.execute(tx.sql);
  const byUser = Map.groupBy(rows, ({ user_id: userId }) => userId);
  return new Map(
    [...byUser].map(([userId, own]) => [userId, own.map(({ seq, notice }) => ({ seq: Number(seq), notice }))]),
  );
}
