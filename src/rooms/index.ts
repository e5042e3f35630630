import type { Audience, Execute, Outbound, RateLimiter, RoomKind } from '../domain/kernel/index.ts';
import { Census } from './census.ts';
import { Delivery, type DeliveryCounts } from './delivery.ts';
import { createLimiter } from './limiter.ts';
import { RoomFeed } from './room-feed.ts';
import { MemoryCensusStore } from './memory-census.ts';
import { Membership } from './membership.ts';
import { RedisCensusStore } from './redis-census.ts';
import type { Frame } from './frame.ts';
import { connectRedis, type RedisLink, type SocketAdapter } from './redis-link.ts';
import { RedisRoomLog } from './redis-room-log.ts';
import { MemoryRoomLog } from './room-log.ts';
import type { RoomTransport } from './transport.ts';
import { Trouble, type RoomsLog } from './trouble.ts';

export type { Frame } from './frame.ts';
export type { RoomTransport } from './transport.ts';

export interface RoomsOptions {
  /** Joins this node to others; without it, rooms are in this process alone. */
  readonly redisUrl?: string | undefined;
  /** Begins the name of every key and channel, so that several markets may share a Redis. */
  readonly prefix?: string;
  readonly nodeId: string;
  readonly log: RoomsLog;
  readonly roomKinds: ReadonlyMap<string, RoomKind>;
  /** The pipeline, for the commands that follow a join. */
  readonly execute: Execute;
}

/** Who is in which room, and what is pushed there. */
export interface Rooms {
  /** For the socket server; undefined where this node is alone. */
  readonly adapter: SocketAdapter | undefined;
  readonly limiter: RateLimiter;
  readonly audience: Audience;
  /** What the commands of the sync area need. */
  readonly membership: Membership;
  /**
   * Resolves once this node receives what is published to every room that its sockets joined so far. Read what was
   * missed only then. Rejects while Redis is away.
   */
  subscribed(): Promise<void>;
  attach(transport: RoomTransport): void;
  deliver(outbound: Outbound): void;
  counts(): DeliveryCounts & { readonly repairedRooms: number };
  state(): { mode: 'memory' | 'redis'; healthy: boolean };
  /** Hands over what waits and takes this node's counts away. Call it while the transport still works. */
  close(): Promise<void>;
}

/** Rejects when a Redis is configured and does not answer. Once running, losing it only degrades. */
export async function createRooms(options: RoomsOptions): Promise<Rooms> {
  const trouble = new Trouble(options.log);
  const prefix = options.prefix ?? 'soko:';
  const link = options.redisUrl ? await connectRedis(options.redisUrl, { prefix, trouble }) : null;
  return assemble(options, { link, prefix, trouble });
}

function assemble(
  { nodeId, roomKinds, execute }: RoomsOptions,
  { link, prefix, trouble }: { link: RedisLink | null; prefix: string; trouble: Trouble },
): Rooms {
  const hear = (frame: Frame) => (frame.event === 'room' ? feed.receive(frame) : delivery.send(frame));
  const log = link ? new RedisRoomLog(link.commands, { prefix, channelOf: link.channelOf }) : new MemoryRoomLog(hear);
  if (link) link.onFrame = hear;
  const store = link ? new RedisCensusStore(link.commands, { prefix, nodeId }) : new MemoryCensusStore();
  const delivery = new Delivery({ log, trouble, publish: (frame) => link?.publish(frame) });
  const feed = new RoomFeed({ log, trouble, send: (frame) => delivery.send(frame) });
  const census = new Census({ store, delivery, roomKinds, trouble });
  const subscribed = async () => link?.subscribed();
  return {
    adapter: link?.adapter,
    limiter: createLimiter(link, prefix),
    audience: census,
    membership: new Membership({ log, feed, census, roomKinds, execute, subscribed }),
    subscribed,
    attach(transport) {
      delivery.attach(transport);
      feed.attach(transport);
      census.attach(transport);
    },
    deliver: (outbound) => delivery.deliver(outbound),
    counts: () => ({ ...delivery.counts, repairedRooms: feed.repaired }),
    state: () => ({ mode: link ? 'redis' : 'memory', healthy: link?.healthy() ?? true }),
    async close() {
      await census.close();
      await delivery.close();
      feed.close();
      link?.close();
    },
  };
}
