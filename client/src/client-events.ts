import type { SokoError } from './errors.ts';
import type { InboxEvent, Ready, RoomEvent, SessionNotice, Signal, Snapshot } from './protocol.ts';

/** What `on` tells beside inbox events, room events and signals, which are told under their own type too. */
export interface ClientEvents {
  ready: Ready;
  offline: { readonly error: SokoError; readonly retryInMs: number | null };
  /** There will be no reconnect. */
  closed: SokoError;
  session: SessionNotice;
  inbox: InboxEvent;
  snapshot: Snapshot;
  room: RoomEvent;
  /** A room was entered, or read anew after a gap. `recent` came before; the snapshot holds their effect. */
  roomSnapshot: {
    readonly room: string;
    readonly snapshot: Readonly<Record<string, unknown>>;
    readonly recent: readonly Omit<RoomEvent, 'room'>[];
  };
  /** A room may no longer be entered. */
  roomClosed: { readonly room: string; readonly error: unknown };
  signal: Signal;
}
