import { pino } from 'pino';
import { alwaysThere, type Execute, type RoomKind } from '../../src/domain/kernel/index.ts';
import { errors } from '../../src/domain/registry.ts';
import { createEngine, createGateway } from '../../src/gateway/index.ts';
import { createRooms } from '../../src/rooms/index.ts';
import { answerBench } from './answering.ts';

// Soko's engine, gateway and rooms as they run in production, without a database behind: what a delivery costs.
const log = pino({ level: 'silent' });
const kind = process.argv[2] as 'uws' | 'node';
const room: RoomKind = {
  kind: 'bench',
  summary: 'Everybody.',
  events: [],
  admits: async () => true,
  view: async () => ({}),
};
const execute: Execute = async (_, __, { meta }) => {
  await meta.connection?.join('bench:room');
  return { ok: true, data: {} };
};
const rooms = await createRooms({ nodeId: 'bench', log, roomKinds: new Map([[room.kind, room]]), execute });
const engine = await createEngine({
  kind,
  log,
  trustedProxies: ['127.0.0.1'],
  onSlowConsumer: () => {},
  fetch: async () => new Response(),
});
const gateway = createGateway({
  execute,
  errors,
  log,
  rooms,
  operations: new Map(),
  clock: { offsetMs: 0 },
  authenticateMany: async (tokens) => tokens.map(() => 'auth.invalid'),
  inbox: {
    pullMany: async (wants) =>
      wants.map(() => ({ epoch: '', events: [], head: 0, more: false, snapshotRequired: false })),
    heads: async () => ({ epoch: '', heads: new Map() }),
    end: async () => {},
  },
  standing: {
    evictions: async () => [],
    sessions: async () => new Map(),
    mayStay: async () => true,
    blockedAmong: async () => new Set(),
  },
  database: alwaysThere,
  settings: {
    guests: true,
    publicUrl: 'http://127.0.0.1',
    corsOrigins: [],
    polling: false,
    trustedProxies: ['127.0.0.1'],
  },
});
gateway.attach(engine);
rooms.attach(gateway.transport);
answerBench(await engine.listen({ host: '127.0.0.1', port: 0 }), (text) => {
  const message = { room: 'bench:room', type: 'bench.said', data: text, at: new Date().toISOString() };
  rooms.deliver({ inbox: [], rooms: [message], signals: [], evictions: [] });
});
