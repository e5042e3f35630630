import { listingCards } from '../catalog/index.ts';
import { publicProfiles } from '../identity/index.ts';
import type { RoomKind } from '../kernel/define.ts';
import { recordView } from './commands/record-view.ts';
import { StreamEntity, StreamId, StreamMemberEntity } from './entities.ts';
import { streamSaid, streamSilenced, streamUpdated, streamViewers } from './events.ts';
import { streamViews } from './views.ts';

export const streamRoom: RoomKind = {
  kind: 'stream',
  summary: 'A live stream: its state and pins, and the chat. Being in it makes you a viewer; the banned stay out.',
  events: [streamUpdated, streamSaid, streamSilenced],
  audience: streamViewers,
  joined: recordView,
  async open({ db, actor, id, port }) {
    const streamId = StreamId.safeParse(id);
    const stream = streamId.success ? await db.findOne(StreamEntity, { id: streamId.data }) : null;
    if (!stream) return null;
    if (actor.kind === 'user') {
      const member = await db.findOne(StreamMemberEntity, { streamId: stream.id, userId: actor.userId });
      if (member?.bannedAt) return null;
    }
    const [view] = await streamViews({ db, port }, [stream]);
    const hosts = await publicProfiles(db, [stream.hostId]);
    const listings = await listingCards({ db, port }, view?.pins.map((pin) => pin.listingId) ?? []);
    return { stream: view, host: hosts.get(stream.hostId), listings: [...listings.values()] };
  },
};
