import { z } from 'zod';
import {
  defineSignal,
  type Execute,
  type Outbound,
  type RoomKind,
  type RoomMessage,
} from '../../src/domain/kernel/index.ts';
import { createRooms, type Rooms, type RoomsOptions } from '../../src/rooms/index.ts';
import { TestTransport } from '../support/transport.ts';

export const redisUrl = process.env.REDIS_URL ?? '';
/** Suites that hold in both modes run in memory always, and on Redis where there is one. */
export const modes = redisUrl ? (['memory', 'redis'] as const) : (['memory'] as const);

const viewers = defineSignal({ type: 'hall.viewers', data: z.object({ hallId: z.string(), count: z.int() }) });

/** `hall:<id>` is open to all but `hall:closed`; its sockets are counted. */
export const hall: RoomKind = {
  kind: 'hall',
  summary: 'A room for tests.',
  events: [],
  audience: viewers,
  admits: async ({ id }) => id !== 'closed',
  view: async ({ id }) => ({ hall: id }),
};

export interface Node {
  readonly rooms: Rooms;
  readonly transport: TestTransport;
  readonly warnings: string[];
}

const open: Node[] = [];

export function newPrefix(): string {
  return `test:${crypto.randomUUID().slice(0, 8)}:`;
}

export async function startNode(options: Partial<RoomsOptions> & { attach?: boolean } = {}): Promise<Node> {
  const warnings: string[] = [];
  const succeed: Execute = async () => ({ ok: true, data: {} });
  const rooms = await createRooms({
    nodeId: crypto.randomUUID(),
    prefix: newPrefix(),
    roomKinds: new Map([['hall', hall]]),
    execute: succeed,
    log: { warn: (details, what) => void warnings.push(`${what}: ${JSON.stringify(details)}`) },
    ...options,
  });
  const node = { rooms, transport: new TestTransport(), warnings };
  if (options.attach !== false) {
    rooms.attach(node.transport);
    await listen(rooms);
  }
  open.push(node);
  return node;
}

/** What a socket server does at the first join: the adapter subscribes to the room. */
async function listen({ adapter, subscribed }: Rooms): Promise<void> {
  const namespace = { name: '/', server: { encoder: null, opts: {} }, sockets: new Map() };
  const adapterOfNode = adapter?.(namespace) as { addAll(id: string, rooms: Set<string>): void } | undefined;
  adapterOfNode?.addAll('a socket', new Set(['hall:a', 'hall:b', 'user:u1']));
  await subscribed();
}

export async function stopNodes(): Promise<void> {
  await Promise.all(open.splice(0).map(({ rooms }) => rooms.close()));
}

export function message(room: string, data: unknown = {}): RoomMessage {
  return { room, type: 'hall.said', data, at: new Date().toISOString() };
}

export function outbound(part: Partial<Outbound>): Outbound {
  return { inbox: [], rooms: [], signals: [], evictions: [], ...part };
}

/** Waits until a check holds, at most `timeoutMs`; fails with what the check last saw. */
export async function eventually<T>(read: () => T | Promise<T>, expected: T, timeoutMs = 20_000): Promise<void> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const seen = await read();
    if (JSON.stringify(seen) === JSON.stringify(expected)) return;
    if (performance.now() > until) throw new Error(`still ${JSON.stringify(seen)}, not ${JSON.stringify(expected)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
