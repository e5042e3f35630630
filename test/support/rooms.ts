import type { Actor, RoomKind } from '../../src/domain/kernel/index.ts';
import type { Harness } from './harness.ts';
import { roomKinds } from '../../src/domain/registry.ts';
import { createRooms } from '../../src/rooms/index.ts';
import { TestTransport } from './transport.ts';

/** Public rooms in memory, for tests of the domain. The commands that follow a join are left out. */
export const memoryRooms = await createRooms({
  nodeId: 'test',
  roomKinds,
  log: { warn: () => {} },
  execute: async () => ({ ok: true, data: {} }),
});
memoryRooms.attach(new TestTransport());

/** What a joiner of a public room sees first; null when the room does not let them in. */
export async function openRoom(kind: RoomKind, { database, ports }: Harness, visitor: { actor: Actor; id: string }) {
  const context = { db: database.fork(), now: new Date(), port: ports.get.bind(ports), ...visitor };
  return (await kind.admits(context)) ? kind.view(context) : null;
}
