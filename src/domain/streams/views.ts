import { z } from 'zod';
import { ListingId } from '../catalog/index.ts';
import { PublicUserView } from '../identity/index.ts';
import type { Db } from '../kernel/define.ts';
import { UserId } from '../kernel/ids.ts';
import { orNull } from '../kernel/or-null.ts';
import type { Port } from '../kernel/ports.ts';
import { iso, Timestamp } from '../kernel/timestamp.ts';
import { StreamId, StreamPinEntity, type Stream } from './entities.ts';
import { streamMachine } from './machine.ts';
import { deadlineOf, hostActions } from './policy.ts';
import { streamSettingsPort } from './settings.ts';

/** Where a listing is shown over the picture: fractions of its width and height from the top left. */
export const PinView = z.object({
  listingId: ListingId,
  x: orNull(z.number()),
  y: orNull(z.number()),
  pinnedAt: Timestamp,
});

/** What anyone may know of a stream. The key is in no view. */
export const StreamView = z.object({
  id: StreamId,
  version: z.int(),
  hostId: UserId,
  title: z.string(),
  description: z.string(),
  scheduledFor: orNull(Timestamp),
  state: z.enum(streamMachine.states),
  slowModeSeconds: z.int(),
  startedAt: orNull(Timestamp),
  endedAt: orNull(Timestamp),
  /** When the server ends the stream by itself. */
  deadline: orNull(Timestamp),
  durationSeconds: orNull(z.int()),
  pins: z.array(PinView),
  hlsUrl: z.string(),
  createdAt: Timestamp,
});

/** The host's own view. Audience numbers are not in it: they move without a change of the stream. */
export const OwnStreamView = StreamView.extend({ allowedActions: z.array(z.string()) });

/** A stream as it is listed, with its host and its audience. Views count signed-in people once each. */
export const StreamCard = OwnStreamView.extend({
  host: PublicUserView,
  viewerCount: z.int(),
  peakViewers: z.int(),
  totalViews: z.int(),
});

/** Only ever answered to the host. */
export const IngestView = z.object({ rtmpUrl: z.string(), streamKey: z.string() });

interface Reads {
  readonly db: Db;
  port<T>(port: Port<T>): T;
}

/** Views of many streams, with their pins read in one query. */
export async function streamViews(
  { db, port }: Reads,
  streams: readonly Stream[],
): Promise<z.input<typeof StreamView>[]> {
  const ids = streams.map((stream) => stream.id);
  const pins =
    ids.length === 0
      ? []
      : await db.find(StreamPinEntity, { streamId: { $in: ids } }, { orderBy: { pinnedAt: 'asc', listingId: 'asc' } });
  const byStream = Map.groupBy(pins, (pin) => pin.streamId);
  const { hlsUrl } = port(streamSettingsPort);
  return streams.map((stream) => {
    const { id, version, hostId, title, description, state, slowModeSeconds, startedAt, endedAt } = stream;
    const durationSeconds = startedAt && endedAt ? Math.round((endedAt.getTime() - startedAt.getTime()) / 1000) : null;
    return {
      id,
      version,
      hostId,
      title,
      description,
      state,
      slowModeSeconds,
      durationSeconds,
      scheduledFor: iso(stream.scheduledFor),
      startedAt: iso(startedAt),
      endedAt: iso(endedAt),
      deadline: iso(deadlineOf(stream)),
      pins: (byStream.get(id) ?? []).map(({ listingId, x, y, pinnedAt }) => ({
        listingId,
        x,
        y,
        pinnedAt: iso(pinnedAt),
      })),
      hlsUrl: `${hlsUrl}/${id}/index.m3u8`,
      createdAt: iso(stream.createdAt),
    };
  });
}

export async function ownStreamViews(
  reads: Reads,
  streams: readonly Stream[],
): Promise<z.input<typeof OwnStreamView>[]> {
  const views = await streamViews(reads, streams);
  return views.map((view) => ({ ...view, allowedActions: hostActions(view.state) }));
}

export function ingestView(stream: Stream, port: Reads['port']): z.input<typeof IngestView> {
  return { rtmpUrl: port(streamSettingsPort).ingestUrl, streamKey: stream.streamKey ?? '' };
}
