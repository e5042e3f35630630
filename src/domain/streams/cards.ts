import type { z } from 'zod';
import { publicProfiles } from '../identity/index.ts';
import type { Actor } from '../kernel/actor.ts';
import { audiencePort } from '../kernel/audience.ts';
import type { Db } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import type { Port } from '../kernel/ports.ts';
import { roomOf } from './announce.ts';
import { StreamMemberEntity, type Stream } from './entities.ts';
import { actionsOf } from './policy.ts';
import { streamViews, type StreamCard } from './views.ts';

interface Viewer {
  readonly db: Db;
  readonly actor: Actor;
  port<T>(port: Port<T>): T;
}

/** Streams as this viewer sees them; hosts, memberships and audiences are read once for all of them. */
export async function streamCards(viewer: Viewer, streams: readonly Stream[]): Promise<z.input<typeof StreamCard>[]> {
  const { db, actor, port } = viewer;
  const rooms = streams.map(roomOf);
  const [views, hosts, counts, members] = await Promise.all([
    streamViews(viewer, streams),
    publicProfiles(
      db,
      streams.map((stream) => stream.hostId),
    ),
    rooms.length === 0 ? [] : port(audiencePort).count(rooms),
    actor.kind === 'user'
      ? db.find(StreamMemberEntity, { userId: actor.userId, streamId: { $in: streams.map((stream) => stream.id) } })
      : [],
  ]);
  const memberOf = new Map(members.map((member) => [member.streamId, member]));
  return streams.map((stream, index) => {
    const host = hosts.get(stream.hostId);
    assert(host, 'a stream has a host');
    const { peakViewers, totalViews } = stream;
    const viewerCount = counts[index] ?? 0;
    const allowedActions = actionsOf(stream, actor, memberOf.get(stream.id));
    return {
      ...views[index]!,
      host,
      viewerCount,
      peakViewers: Math.max(peakViewers, viewerCount),
      totalViews,
      allowedActions,
    };
  });
}
