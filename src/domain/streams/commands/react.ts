import { sql } from 'kysely';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { isBlocked } from '../../trust/index.ts';
import { roomOf } from '../announce.ts';
import { StreamEntity, StreamId, StreamMemberEntity } from '../entities.ts';
import { reactionKinds, streamReactions } from '../events.ts';
import { isOnAir } from '../policy.ts';
import { streamLimits } from '../settings.ts';

export const react = defineCommand({
  name: 'streams.react',
  access: 'user',
  summary: 'Send reactions; clients gather the taps of a moment into one call.',
  input: z.strictObject({
    streamId: StreamId,
    kind: z.enum(reactionKinds),
    count: z.int().min(1).max(streamLimits.reactionsMax).default(1),
  }),
  output: z.object({ total: z.int() }),
  errors: ['streams.not_found', 'streams.unavailable', 'streams.banned', 'streams.not_live'],
  async run({ input, actor, tx, fail, signal }) {
    const stream = await tx.db.findOne(StreamEntity, { id: input.streamId });
    if (!stream) return fail('streams.not_found');
    if (await isBlocked(tx, actor.userId, stream.hostId)) fail('streams.unavailable');
    const member = await tx.db.findOne(StreamMemberEntity, { streamId: stream.id, userId: actor.userId });
    if (member?.bannedAt) fail('streams.banned');
    if (!isOnAir(stream, await tx.now())) fail('streams.not_live');
    await sql`
      insert into stream_reaction as r (stream_id, kind, count) values (${stream.id}, ${input.kind}, ${input.count})
      on conflict (stream_id, kind) do update set count = r.count + excluded.count`.execute(tx.sql);
    const { rows } = await sql<{ kind: string; count: number }>`
      select kind, count from stream_reaction where stream_id = ${stream.id}`.execute(tx.sql);
    const totals = Object.fromEntries(rows.map(({ kind, count }) => [kind, count]));
    signal(streamReactions, roomOf(stream), { streamId: stream.id, totals });
    return { total: totals[input.kind] ?? 0 };
  },
});
