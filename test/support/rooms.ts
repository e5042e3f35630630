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
