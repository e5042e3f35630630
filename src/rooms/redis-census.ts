import type { Redis } from 'ioredis';
import {
  audienceTellMs,
  type CensusOutcome,
  type CensusReport,
  type CensusStore,
  type PresenceState,
} from './census.ts';

/** A node that has been silent for longer does not count; the next node to report takes its counts away. */
const nodeSilentMs = 8_000;
const lastSeenKeptMs = 30 * 86_400_000;

// Time is Redis's own: the clocks of nodes do not matter. The scripts make key names, which a single Redis bears.
const shared = `
local prefix, me = ARGV[1], ARGV[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local nodes = prefix .. 'nodes'
local function rooms_of(node) return prefix .. 'node:' .. node .. ':rooms' end
local function users_of(node) return prefix .. 'node:' .. node .. ':users' end
local live = redis.call('ZRANGEBYSCORE', nodes, '(' .. string.format('%.0f', now - ${nodeSilentMs}), '+inf')
local function is_online(user)
  for _, node in ipairs(live) do
    if redis.call('SISMEMBER', users_of(node), user) == 1 then return true end
  end
  return false
end
local function total(room, except)
  local sum = 0
  for _, node in ipairs(live) do
    if node ~= except then sum = sum + tonumber(redis.call('HGET', rooms_of(node), room) or '0') end
  end
  return sum
end`;

// ARGV: prefix, node, report. Answers { 1 } to a node that it does not know,
// else { 0, totals, deferred, online, offline, now }.
const reportScript = `${shared}
local report = cjson.decode(ARGV[3])
local known = redis.call('ZSCORE', nodes, me)
if not known and not report.full and not report.closing then return { 1 } end

local rooms, gone = {}, {}
local function remove(node)
  for _, room in ipairs(redis.call('HKEYS', rooms_of(node))) do rooms[room] = true end
  for _, user in ipairs(redis.call('SMEMBERS', users_of(node))) do gone[user] = true end
  redis.call('DEL', rooms_of(node), users_of(node))
  redis.call('ZREM', nodes, node)
end
for _, node in ipairs(redis.call('ZRANGEBYSCORE', nodes, '-inf', string.format('%.0f', now - ${nodeSilentMs}))) do
  if node ~= me then remove(node) end
end
if report.full or report.closing then remove(me) end
if not report.closing then redis.call('ZADD', nodes, string.format('%.0f', now), me) end
live = redis.call('ZRANGE', nodes, 0, -1)

local online, offline = {}, {}
for _, user in ipairs(report.came) do
  if not gone[user] and not is_online(user) then table.insert(online, user) end
  redis.call('SADD', users_of(me), user)
end
for _, user in ipairs(report.gone) do
  if redis.call('SREM', users_of(me), user) == 1 then gone[user] = true end
end
for user in pairs(gone) do
  if not is_online(user) then
    redis.call('SET', prefix .. 'seen:' .. user, string.format('%.0f', now), 'PX', ${lastSeenKeptMs})
    table.insert(offline, user)
  end
end

for _, entry in ipairs(report.rooms) do
  rooms[entry[1]] = true
  if entry[2] > 0 then redis.call('HSET', rooms_of(me), entry[1], entry[2])
  else redis.call('HDEL', rooms_of(me), entry[1]) end
end
local totals, deferred = {}, {}
for room in pairs(rooms) do
  local count = total(room)
  local told = redis.call('HGET', prefix .. 'told', room)
  local told_count, told_at = string.match(told or '', '^(%d+) (%d+)$')
  if count == 0 then redis.call('HDEL', prefix .. 'told', room)
  elseif told_count == tostring(count) then -- Everybody knows.
  elseif told_at and not report.closing and now - tonumber(told_at) < ${audienceTellMs} then
    table.insert(deferred, room)
  else
    redis.call('HSET', prefix .. 'told', room, count .. ' ' .. string.format('%.0f', now))
    table.insert(totals, { room, count })
  end
end
return { 0, totals, deferred, online, offline, string.format('%.0f', now) }`;

// ARGV: prefix, node, rooms.
const countScript = `${shared}
local counts = {}
for i = 3, #ARGV do table.insert(counts, total(ARGV[i], me)) end
return counts`;

// ARGV: prefix, node, users.
const presenceScript = `${shared}
local states = {}
for i = 3, #ARGV do
  table.insert(states, is_online(ARGV[i]) and 'online' or redis.call('GET', prefix .. 'seen:' .. ARGV[i]) or '')
end
return states`;

/** The counts of every node, each in keys of its own, so that a dead node's counts go with its keys. */
export class RedisCensusStore implements CensusStore {
  readonly #redis: Redis;
  readonly #scope: [prefix: string, nodeId: string];

  constructor(redis: Redis, { prefix, nodeId }: { prefix: string; nodeId: string }) {
    this.#redis = redis;
    this.#scope = [prefix, nodeId];
  }

  async report({ rooms, ...rest }: CensusReport): Promise<CensusOutcome> {
    const [unknown, totals = [], deferred = [], online = [], offline = [], now = '0'] = (await this.#redis.eval(
      reportScript,
      0,
      ...this.#scope,
      JSON.stringify({ ...rest, rooms: [...rooms] }),
    )) as [number, [string, number][]?, string[]?, string[]?, string[]?, string?];
    const lastSeenAt = new Date(Number(now)).toISOString();
    return {
      unknown: unknown === 1,
      audiences: totals.map(([room, count]) => ({ room, count })),
      deferred,
      presences: [
        ...online.map((userId) => ({ userId, online: true, lastSeenAt: null })),
        ...offline.map((userId) => ({ userId, online: false, lastSeenAt })),
      ],
    };
  }

  async countElsewhere(rooms: readonly string[]): Promise<number[]> {
    return (await this.#redis.eval(countScript, 0, ...this.#scope, ...rooms)) as number[];
  }

  async presences(userIds: readonly string[]): Promise<PresenceState[]> {
    const states = (await this.#redis.eval(presenceScript, 0, ...this.#scope, ...userIds)) as string[];
    return userIds.map((userId, index) => presenceOf(userId, states[index] ?? ''));
  }
}

function presenceOf(userId: string, state: string): PresenceState {
  const online = state === 'online';
  return { userId, online, lastSeenAt: online || state === '' ? null : new Date(Number(state)).toISOString() };
}
