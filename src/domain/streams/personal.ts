import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { exportRowsMax, type PersonalData } from '../kernel/personal-data.ts';
import { announce } from './announce.ts';
import { endStream } from './end-stream.ts';
import { StreamEntity } from './entities.ts';

const emptied = { title: 'Deleted stream', description: '' };

export const streamsPersonal: PersonalData = {
  async export({ sql: plain, userId }) {
    const { rows: streams } = await sql`
      select id, title, description, state, scheduled_for as "scheduledFor", started_at as "startedAt",
             ended_at as "endedAt", peak_viewers as "peakViewers", total_views as "totalViews"
      from stream where host_id = ${userId} order by created_at desc limit ${exportRowsMax}`.execute(plain);
    const { rows: streamsWatched } = await sql`
      select stream_id as "streamId", viewed_at as "viewedAt", said_at as "saidAt", muted_at as "mutedAt",
             banned_at as "bannedAt"
      from stream_member where user_id = ${userId} order by viewed_at desc nulls last limit ${exportRowsMax}`.execute(
      plain,
    );
    return { streams, streamsWatched };
  },
  async forget(tx, userId) {
    const running = { hostId: userId, endedAt: null };
    const streams = await tx.db.find(StreamEntity, running, { lockMode: LockMode.PESSIMISTIC_WRITE });
    const at = await tx.now();
    for (const stream of streams) {
      Object.assign(stream, emptied);
      endStream(stream, 'host', at);
    }
    await announce(tx, streams, 'ended');
    await sql`
      update stream set title = ${emptied.title}, description = '', version = version + 1
      where host_id = ${userId} and title <> ${emptied.title}`.execute(tx.sql);
    await sql`delete from stream_member where user_id = ${userId}`.execute(tx.sql);
  },
};
