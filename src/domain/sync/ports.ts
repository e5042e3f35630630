import type { Connection, InboxEvent, RoomContext, SnapshotPart } from '../kernel/define.ts';
import { definePort } from '../kernel/ports.ts';

/** Place in a numbered log: the last event that was applied. */
interface LogCursor {
  readonly epoch: string;
  readonly seq: number;
}

interface LoggedEvent {
  readonly seq: number;
  readonly type: string;
  /** ISO 8601. */
  readonly at: string;
  readonly data: unknown;
}

interface RoomEvents {
  readonly epoch: string;
  readonly head: number;
  readonly events: readonly LoggedEvent[];
  /** Whether `events` are all that happened after the cursor. */
  readonly recovered: boolean;
}

interface JoinedRoom extends RoomEvents {
  readonly room: string;
  /** The room's own view for a joiner. */
  readonly snapshot: Record<string, unknown>;
}

/** Who asks for a room, with what its rule needs to decide. */
export type Visitor = Omit<RoomContext, 'id'>;

/** Who is in which public room, and whose presence is watched. Implemented by the rooms layer. */
export interface Membership {
  join(request: {
    connection: Connection;
    room: string;
    after?: LogCursor | undefined;
    visitor: Visitor;
  }): Promise<JoinedRoom | 'rooms.not_found' | 'rooms.too_many'>;
  /** False when there is no such kind of room. */
  leave(request: { connection: Connection; room: string }): Promise<boolean>;
  /** Null when the room does not exist for the visitor. */
  history(request: { room: string; after: LogCursor; visitor: Visitor }): Promise<RoomEvents | null>;
  /** Replaces whom this socket watches, and answers how they are now. */
  watch(
    connection: Connection,
    userIds: readonly string[],
  ): Promise<{ userId: string; online: boolean; lastSeenAt: string | null }[]>;
}

export const membershipPort = definePort<Membership>('sync.membership');

/** What every area declares of its entities: how to read them afresh, and the views that its events push. */
export interface SnapshotSources {
  readonly parts: ReadonlyMap<string, SnapshotPart>;
  readonly events: ReadonlyMap<string, InboxEvent>;
}

export const snapshotSourcesPort = definePort<SnapshotSources>('sync.snapshot_sources');
