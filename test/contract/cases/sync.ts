import { limits } from '../../../src/domain/kernel/index.ts';
import { guest, system, type Harness } from '../../support/harness.ts';
import { testConnection } from '../../support/transport.ts';
import { liveStream } from '../../streams/live-stream.ts';
import type { AreaCases } from '../cases.ts';

const onSocket = () => ({ connection: testConnection() });

async function openRoom(market: Harness): Promise<string> {
  const { streamId } = await liveStream(market);
  return `stream:${streamId}`;
}

/** A room and someone who was put out of it. */
async function closedRoom(market: Harness) {
  const { host, streamId } = await liveStream(market);
  const banned = await market.user();
  await market.ok(host, 'streams.ban', { streamId, userId: banned.id });
  return { banned, room: `stream:${streamId}` };
}

export const syncCases: AreaCases = {
  operations: {
    'sync.pull': { success: async (market) => ({ as: await market.user(), input: { epoch: '', after: 0 } }) },
    'sync.snapshot': { success: async (market) => ({ as: await market.user(), input: {} }) },
    'sync.delta': { success: async (market) => ({ as: await market.user(), input: { epoch: '', after: 0 } }) },
    'rooms.join': {
      success: async (market) => ({ as: guest, input: { room: await openRoom(market) }, meta: onSocket() }),
      async wrongActor(market) {
        const { banned, room } = await closedRoom(market);
        return { as: banned, input: { room }, meta: onSocket(), error: 'rooms.not_found' };
      },
    },
    'rooms.leave': {
      success: async (market) => ({ as: guest, input: { room: await openRoom(market) }, meta: onSocket() }),
    },
    'rooms.history': {
      success: async (market) => ({ as: guest, input: { room: await openRoom(market), epoch: '', after: 0 } }),
      async wrongActor(market) {
        const { banned, room } = await closedRoom(market);
        return { as: banned, input: { room, epoch: '', after: 0 }, error: 'rooms.not_found' };
      },
    },
    'presence.watch': {
      success: async (market) => ({ as: await market.user(), input: { userIds: [] }, meta: onSocket() }),
    },
    'sync.prune': {
      success: async () => ({ as: system, input: {} }),
      async wrongActor(market) {
        return { as: await market.user({ roles: ['admin'] }), input: {}, error: 'command.unknown' };
      },
    },
  },
  errors: {
    'rooms.socket_required': async (market) => ({
      name: 'rooms.join',
      as: guest,
      input: { room: await openRoom(market) },
    }),
    'rooms.not_found': async () => ({
      name: 'rooms.join',
      as: guest,
      input: { room: `stream:${crypto.randomUUID()}` },
      meta: onSocket(),
    }),
    'rooms.too_many': async (market) => {
      const connection = testConnection();
      for (let index = 0; index < limits.roomsPerSocket; index += 1) await connection.join(`stream:${index}`);
      return { name: 'rooms.join', as: guest, input: { room: await openRoom(market) }, meta: { connection } };
    },
  },
};
