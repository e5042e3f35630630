import type { Redis } from 'ioredis';
import { limits } from '../domain/kernel/index.ts';
import { fresh, newEpoch, type KeptEvents, type RoomBatch, type RoomCursor, type RoomLog } from './room-log.ts';

/** A room without events for a day begins again with a new epoch. */
const headKeptMs = 86_400_000;

// KEYS: head, events. ARGV: epoch for a new room, restart, capacity, events' ms, head's ms, producer, batch, channel,
// the room's name as JSON, then the events. Publishing within the script keeps the frames of all nodes in order.
const appendScript = `
local producer = 'by:' .. ARGV[6]
if redis.call('HGET', KEYS[1], producer) == ARGV[7] then return 0 end
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch or ARGV[2] == '1' then
  epoch = ARGV[1]
  redis.call('DEL', KEYS[1], KEYS[2])
  redis.call('HSET', KEYS[1], 'epoch', epoch)
end
redis.call('HSET', KEYS[1], producer, ARGV[7])
local count = #ARGV - 9
local head = redis.call('HINCRBY', KEYS[1], 'seq', count)
local events = {}
for i = 1, count do
  local event = ARGV[9 + i]
  redis.call('RPUSH', KEYS[2], event)
  events[i] = '{"seq":' .. string.format('%.0f', head - count + i) .. ',' .. string.sub(event, 2)
end
redis.call('LTRIM', KEYS[2], -tonumber(ARGV[3]), -1)
redis.call('PEXPIRE', KEYS[2], ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
local span = '{"epoch":"' .. epoch .. '","first":' .. string.format('%.0f', head - count + 1)
  .. ',"last":' .. string.format('%.0f', head) .. '}'
redis.call('SPUBLISH', ARGV[8], '~{"from":"","to":' .. ARGV[9] .. ',"event":"room","span":' .. span
  .. ',"subject":""}\\n2["room",{"room":' .. ARGV[9] .. ',"epoch":"' .. epoch
  .. '","events":[' .. table.concat(events, ',') .. ']}]')
return 1`;

// KEYS: head, events. ARGV: epoch for a new room, head's ms, number to read after or -1 for all.
const readScript = `
redis.call('HSETNX', KEYS[1], 'epoch', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local head = tonumber(redis.call('HGET', KEYS[1], 'seq') or '0')
local after = tonumber(ARGV[3])
local wanted = after < 0 and head or head - after
local events = wanted > 0 and redis.call('LRANGE', KEYS[2], -wanted, -1) or {}
return { redis.call('HGET', KEYS[1], 'epoch'), head, events }`;

interface RoomCommands {
  sokoRoomAppend(...args: (string | number)[]): Promise<number>;
  sokoRoomRead(...args: (string | number)[]): Promise<[epoch: string, head: number, texts: string[]]>;
}

/** The list holds events without their numbers: it is contiguous and ends at the head, so positions give them. */
export class RedisRoomLog implements RoomLog {
  readonly #redis: Redis & RoomCommands;
  readonly #prefix: string;
  readonly #channelOf: (room: string) => string;
  // Not the node's name, which a restarted process keeps while it counts its batches anew.
  readonly #producer = crypto.randomUUID().slice(0, 8);

  constructor(redis: Redis, { prefix, channelOf }: { prefix: string; channelOf: (room: string) => string }) {
    redis.defineCommand('sokoRoomAppend', { numberOfKeys: 2, lua: appendScript });
    redis.defineCommand('sokoRoomRead', { numberOfKeys: 2, lua: readScript });
    this.#redis = redis as Redis & RoomCommands;
    this.#prefix = prefix;
    this.#channelOf = channelOf;
  }

  async append(room: string, { id, restart, texts }: RoomBatch): Promise<void> {
    await this.#redis.sokoRoomAppend(
      ...this.#keys(room),
      newEpoch(),
      restart ? 1 : 0,
      limits.roomHistoryEvents,
      limits.roomHistoryMs,
      headKeptMs,
      this.#producer,
      id,
      this.#channelOf(room),
      JSON.stringify(room),
      ...texts,
    );
  }

  async read(room: string, after: number | null): Promise<KeptEvents> {
    const [epoch, head, texts] = await this.#redis.sokoRoomRead(
      ...this.#keys(room),
      newEpoch(),
      headKeptMs,
      after ?? -1,
    );
    return { epoch, head, texts: fresh(texts) };
  }

  async heads(rooms: readonly string[]): Promise<(RoomCursor | null)[]> {
    const pipeline = this.#redis.pipeline();
    for (const room of rooms) pipeline.hmget(this.#keys(room)[0], 'epoch', 'seq');
    const answers = (await pipeline.exec()) ?? [];
    return answers.map(([error, answer]) => {
      if (error) throw error;
      const [epoch, seq] = answer as [string | null, string | null];
      return epoch === null ? null : { epoch, seq: Number(seq ?? 0) };
    });
  }

  #keys(room: string): [string, string] {
    return [`${this.#prefix}room:{${room}}:head`, `${this.#prefix}room:{${room}}:events`];
  }
}
