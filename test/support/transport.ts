import type { Connection, Eviction } from '../../src/domain/kernel/index.ts';
import type { Frame, RoomTransport } from '../../src/rooms/index.ts';

interface SentFrame {
  readonly room: string;
  readonly event: string;
  readonly payload: any;
}

/** A socket server of one node without sockets: it keeps what is pushed, and its counts are set by the test. */
export class TestTransport implements RoomTransport {
  readonly frames: SentFrame[] = [];
  readonly evictions: Eviction[] = [];
  readonly rooms = new Map<string, number>();
  readonly users = new Map<string, number>();
  broken = false;

  send({ to: room, packet }: Frame): void {
    if (this.broken) throw new Error('the socket server is gone');
    const [event, payload] = JSON.parse(packet.slice(1)) as [string, unknown];
    this.frames.push({ room, event, payload });
  }

  evict(eviction: Eviction): void {
    if (this.broken) throw new Error('the socket server is gone');
    this.evictions.push(eviction);
  }

  roomSizes() {
    return this.rooms;
  }

  localUsers() {
    return this.users;
  }

  /** Frames for one room, oldest first. */
  to(room: string): SentFrame[] {
    return this.frames.filter((frame) => frame.room === room);
  }
}

/** A socket's side of the operations that need one. */
export function testConnection(): Connection & { expiresAt: number | null } {
  const rooms = new Set<string>();
  return {
    id: crypto.randomUUID(),
    rooms,
    expiresAt: null,
    async join(room) {
      rooms.add(room);
    },
    async leave(room) {
      rooms.delete(room);
    },
    extend(expiresAt) {
      this.expiresAt = expiresAt;
    },
  };
}
