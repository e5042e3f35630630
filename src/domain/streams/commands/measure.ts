import { sql } from 'kysely';
import { z } from 'zod';
import { audiencePort } from '../../kernel/audience.ts';
import { defineCommand } from '../../kernel/define.ts';
import { roomOf } from '../announce.ts';
import { StreamEntity, StreamId } from '../entities.ts';

const batch = 500;

// The rooms are asked in `prepare`, outside the transaction. The version stays: audience numbers are not in the view.
export const measure = defineCommand({
  name: 'streams.measure',
  access: 'system',
  summary: 'Write the highest number of viewers and the unique views of one batch of streams on air.',
  input: z.strictObject({ after: StreamId.nullable() }),
  output: z.object({ next: StreamId.nullable() }),
  errors: [],
  async prepare({ input, db, port }) {
    const onAir = {
      state: { $in: ['live', 'interrupted'] as const },
      ...(input.after ? { id: { $gt: input.after } } : {}),
    };
    const streams = await db.find(StreamEntity, onAir, { orderBy: { id: 'asc' }, limit: batch });
    const counts = await port(audiencePort).count(streams.map(roomOf));
    return streams.map((stream, index) => ({ id: stream.id, count: counts[index] ?? 0 }));
  },
  async run({ prepared, tx }) {
    await sql`
      with counted as (
        select * from jsonb_to_recordset(${JSON.stringify(prepared)}::text::jsonb) as c(id uuid, count int)
      ),
      locked as (select s.id from stream s join counted using (id) order by s.id for update of s)
      update stream s set
        peak_viewers = greatest(s.peak_viewers, counted.count),
        total_views = (select count(*) from stream_member m where m.stream_id = s.id and m.viewed_at is not null)
      from counted join locked using (id) where s.id = counted.id`.execute(tx.sql);
    return { next: prepared.length === batch ? prepared.at(-1)!.id : null };
  },
});
