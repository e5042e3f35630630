import type { Eviction } from '../domain/kernel/index.ts';
import type { Frame } from './frame.ts';

/**
 * What rooms need of this node's socket server. Rooms join sockets to public rooms (`<kind>:<id>`) and to the internal
 * rooms `presence:<userId>`, always through `Connection.join`; `Connection.rooms` holds just what was joined that way.
 */
export interface RoomTransport {
  /** Sends to this node's sockets in the frame's room. */
  send(frame: Frame): void;
  /** Reaches every node of the cluster. */
  evict(eviction: Eviction): void;
  /** Sockets of this node in each public room. */
  roomSizes(): ReadonlyMap<string, number>;
  /** Sockets of this node for each signed-in user. */
  localUsers(): ReadonlyMap<string, number>;
}
