import { defineSignal, type RoomKind } from '../../src/domain/kernel/index.ts';
import type { TestServer } from '../support/server.ts';
import { z } from 'zod';

/** `hall:<name>` is a public room open to everyone. */
export const hall: RoomKind = {
  kind: 'hall',
  summary: 'A room for tests.',
  events: [],
  audience: defineSignal({ type: 'hall.size', data: z.object({ hallId: z.string(), count: z.int() }) }),
  admits: async () => true,
  view: async ({ id }) => ({ hall: id }),
};

/** Sends a message to a public room, numbered and logged as a command's would be. */
export function say(server: TestServer, room: string, data: unknown): void {
  const message = { room, type: 'hall.said', data, at: new Date().toISOString() };
  server.rooms.deliver({ inbox: [], rooms: [message], signals: [], evictions: [] });
}
