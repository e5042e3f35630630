import { sql } from 'kysely';
import { shownListingCards } from '../catalog/index.ts';
import { publicProfiles } from '../identity/index.ts';
import type { RoomKind } from '../kernel/define.ts';
import { recordView } from './commands/record-view.ts';
import { StreamEntity, StreamId } from './entities.ts';
import { streamSaid, streamSilenced, streamUpdated, streamViewers } from './events.ts';
import { streamViews } from './views.ts';

export const streamRoom: RoomKind = {
  kind: 'stream',
  summary: 'A live stream: its state and pins, and the chat. Being in it makes you a viewer; the banned stay out.',
  events: [streamUpdated, streamSaid, streamSilenced],
  audience: streamViewers,
  joined: recordView,
  async admits({ db, actor, id }) {
    const streamId = StreamId.safeParse(id);
    if (!streamId.success) return false;
    const userId = actor.kind === 'user' ? actor.userId : null;
    const { rows } = await sql<{ admitted: boolean }>`
      select m.banned_at is null as admitted
      from stream s left join stream_member m on m.stream_id = s.id and m.user_id = ${userId}::uuid
      where s.id = ${streamId.data}`.execute(db.getKysely());
    return rows[0]?.admitted ?? false;
  },
  async view({ db, id, port }) {
    const stream = await db.findOne(StreamEntity, { id: StreamId.parse(id) });
    if (!stream) return null;
    const [view] = await streamViews({ db, port }, [stream]);
    const hosts = await publicProfiles(db, [stream.hostId]);
    const listings = await shownListingCards({ db, port }, view?.pins.map((pin) => pin.listingId) ?? []);
    return { stream: view, host: hosts.get(stream.hostId), listings: [...listings.values()] };
  },
};
