import type { connect, Cursor, InboxEvent } from '../../client/src/index.ts';
import { io } from './sim-network.ts';

/** What a client may do about the numbers of events instead of following the rule. */
export type Naivety = 'applies all' | 'skips gaps';

const redialMs = 500;

/**
 * A client as plain Socket.IO would have it: it takes events as they come, with or without a look at their numbers, and
 * asks for nothing. It gives its cursor when it connects, so that resumes work.
 */
export function connectNaively(naivety: Naivety): typeof connect {
  return (async ({ url, token, inbox, store, onSnapshot, onEvent, onCursor }: Parameters<typeof connect>[0]) => {
    let cursor: Cursor | null = inbox ?? null;
    let online = false;
    const move = (to: Cursor) => {
      cursor = to;
      onCursor?.(to);
    };
    const take = ({ epoch, events }: { epoch: string; events: InboxEvent[] }) => {
      for (const event of events) {
        if (naivety === 'skips gaps' && cursor && event.seq <= cursor.seq) continue;
        store?.apply(event.data);
        onEvent?.(event);
        move({ epoch, seq: event.seq });
      }
    };
    const dial = () => {
      const socket = io(url, { auth: { token, ...(cursor ? { inbox: cursor } : {}) } });
      const redial = () => {
        online = false;
        setTimeout(dial, redialMs);
      };
      socket.on('ready', ({ inbox: { epoch, head } }: { inbox: { epoch: string; head: number } }) => {
        online = true;
        if (cursor) return;
        const fresh = { cursor: { epoch, seq: head }, state: {} };
        onSnapshot?.(fresh);
        move(fresh.cursor);
      });
      socket.on('inbox', take);
      socket.on('connect_error', redial);
      socket.on('disconnect', redial);
    };
    dial();
    return {
      get online() {
        return online;
      },
      close: () => {},
    };
  }) as unknown as typeof connect;
}
