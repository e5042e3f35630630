import type { Eviction } from '../domain/kernel/index.ts';

/** The Socket.IO events that rooms push. */
export type PushEvent = 'inbox' | 'room' | 'signal';

/**
 * What rooms need of the socket server. `emit` and `evict` reach every node of the cluster; the two counts are of this
 * node alone. Rooms join sockets to public rooms (`<kind>:<id>`) and to the internal rooms `presence:<userId>`, always
 * through `Connection.join`; `Connection.rooms` holds exactly what was joined that way.
 */
export interface RoomTransport {
  emit(room: string, event: PushEvent, payload: unknown): void;
  evict(eviction: Eviction): void;
  /** Sockets of this node in each public room. */
  roomSizes(): ReadonlyMap<string, number>;
  /** Sockets of this node for each signed-in user. */
  localUsers(): ReadonlyMap<string, number>;
}
