import type { SnapshotPart } from '../kernel/define.ts';
import { limits } from '../kernel/limits.ts';
import { StreamEntity } from './entities.ts';
import { ownStreamViews } from './views.ts';

/** The host's streams: all that are not over, and those that ended within the time the inbox is kept. */
export const streamSnapshot: SnapshotPart = {
  entity: 'stream',
  async load({ db, userId, now, port }) {
    const since = new Date(now.getTime() - limits.inboxKeptDays * 86_400_000);
    const streams = await db.find(
      StreamEntity,
      { hostId: userId, $or: [{ endedAt: null }, { endedAt: { $gt: since } }] },
      { orderBy: { id: 'asc' } },
    );
    return ownStreamViews({ db, port }, streams);
  },
};
