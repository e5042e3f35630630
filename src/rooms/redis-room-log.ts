import type { Redis } from 'ioredis';
import { limits, type RoomMessage } from '../domain/kernel/index.ts';
import { fresh, newEpoch, type KeptEvents, type NumberedEvent, type RoomLog } from './room-log.ts';

/** A room without events for a day begins again with a new epoch. */
const headKeptMs = 86_400_000;

// KEYS: head, events. ARGV: epoch for a new room, restart, capacity, events' ms, head's ms, then the events.
const appendScript = `
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch or ARGV[2] == '1' then
  epoch = ARGV[1]
  redis.call('DEL', KEYS[1], KEYS[2])
  redis.call('HSET', KEYS[1], 'epoch', epoch)
end
local head = redis.call('HINCRBY', KEYS[1], 'seq', #ARGV - 5)
for i = 6, #ARGV do redis.call('RPUSH', KEYS[2], ARGV[i]) end
redis.call('LTRIM', KEYS[2], -tonumber(ARGV[3]), -1)
redis.call('PEXPIRE', KEYS[2], ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return { epoch, head }`;

// KEYS: head, events. ARGV: epoch for a new room, head's ms, number to read after or -1 for all.
const readScript = `
redis.call('HSETNX', KEYS[1], 'epoch', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local head = tonumber(redis.call('HGET', KEYS[1], 'seq') or '0')
local after = tonumber(ARGV[3])
local wanted = after < 0 and head or head - after
local events = wanted > 0 and redis.call('LRANGE', KEYS[2], -wanted, -1) or {}
return { redis.call('HGET', KEYS[1], 'epoch'), head, events }`;

/** The list holds events without their numbers: it is contiguous and ends at the head, so positions give them. */
export class RedisRoomLog implements RoomLog {
  readonly #redis: Redis;
  readonly #prefix: string;

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  async append(room: string, messages: readonly RoomMessage[], restart: boolean) {
    const texts = messages.map(({ type, at, data }) => JSON.stringify({ type, at, data }));
    const [epoch, head] = (await this.#redis.eval(
      appendScript,
      2,
      ...this.#keys(room),
      newEpoch(),
      restart ? 1 : 0,
      limits.roomHistoryEvents,
      limits.roomHistoryMs,
      headKeptMs,
      ...texts,
    )) as [string, number];
    const first = head - messages.length + 1;
    return { epoch, events: messages.map(({ type, at, data }, index) => ({ seq: first + index, type, at, data })) };
  }

  async read(room: string, after: number | null): Promise<KeptEvents> {
    const [epoch, head, texts] = (await this.#redis.eval(
      readScript,
      2,
      ...this.#keys(room),
      newEpoch(),
      headKeptMs,
      after ?? -1,
    )) as [string, number, string[]];
    const first = head - texts.length + 1;
    const events = texts.map((text, index): NumberedEvent => ({ seq: first + index, ...JSON.parse(text) }));
    return { epoch, head, events: fresh(events) };
  }

  #keys(room: string): [string, string] {
    return [`${this.#prefix}room:{${room}}:head`, `${this.#prefix}room:{${room}}:events`];
  }
}
