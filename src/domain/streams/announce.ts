import type { z } from 'zod';
import type { Tx } from '../kernel/define.ts';
import type { Stream } from './entities.ts';
import { streamChanged, streamUpdated } from './events.ts';
import { ownStreamViews, type OwnStreamView } from './views.ts';

export type What = z.infer<typeof streamChanged.change>['what'];

export function roomOf(stream: Pick<Stream, 'id'>): string {
  return `stream:${stream.id}`;
}

/** Tells hosts and rooms how their streams are now. Returns the hosts' views in the order given. */
export async function announce(
  tx: Tx,
  streams: readonly Stream[],
  what: What,
): Promise<z.input<typeof OwnStreamView>[]> {
  await tx.db.flush();
  const views = await ownStreamViews(tx, streams);
  for (const view of views) {
    tx.emit(streamChanged, view.hostId, { view, change: { what } });
    tx.publish(streamUpdated, roomOf(view as Pick<Stream, 'id'>), view);
  }
  return views;
}
