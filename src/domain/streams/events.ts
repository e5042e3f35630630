import { z } from 'zod';
import { PublicUserView } from '../identity/index.ts';
import { defineEvent, defineRoomEvent, defineSignal } from '../kernel/define.ts';
import { UserId } from '../kernel/ids.ts';
import { StreamId } from './entities.ts';
import { OwnStreamView, StreamView } from './views.ts';

/** To the host, on each of their devices. */
export const streamChanged = defineEvent({
  type: 'stream.changed',
  entity: 'stream',
  view: OwnStreamView,
  change: z.object({ what: z.enum(['scheduled', 'key_issued', 'started', 'ended', 'pins', 'slow_mode']) }),
});

/** To the room: the stream as it is now. */
export const streamUpdated = defineRoomEvent({ type: 'stream.updated', data: StreamView });

export const streamSaid = defineRoomEvent({
  type: 'stream.said',
  data: z.object({
    messageId: z.uuid(),
    author: PublicUserView.pick({ id: true, username: true, fullName: true, avatarUrl: true }),
    text: z.string(),
  }),
});

/** Clients hide what this person said so far. */
export const streamSilenced = defineRoomEvent({ type: 'stream.silenced', data: z.object({ userId: UserId }) });

/** Sockets in the stream's room over all nodes, at most once a second. */
export const streamViewers = defineSignal({
  type: 'stream.viewers',
  data: z.object({ streamId: StreamId, count: z.int() }),
});

export const reactionKinds = ['heart', 'fire', 'clap', 'laugh', 'wow'] as const;

/** Sums since the stream began, so that a newer signal may take the place of an older one. */
export const streamReactions = defineSignal({
  type: 'stream.reactions',
  data: z.object({ streamId: StreamId, totals: z.partialRecord(z.enum(reactionKinds), z.int()) }),
});
