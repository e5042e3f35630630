import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { appendInbox, newId, type Sql } from '../../src/domain/kernel/index.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

const Delta = z.strictObject({
  epoch: z.string(),
  head: z.int(),
  seq: z.int(),
  changes: z.record(z.string(), z.any()),
  more: z.boolean(),
  snapshotRequired: z.boolean(),
});

test('a delta holds the latest view of each entity once', async () => {
  const asha = await market.user();
  const { epoch } = await market.ok(asha, 'sync.snapshot');
  for (const bio of ['one', 'two', 'three']) await market.ok(asha, 'users.update', { bio });
  const delta = Delta.parse(await market.ok(asha, 'sync.delta', { epoch, after: 1 }));
  const me = await market.ok(asha, 'users.me');
  expect(delta).toEqual({
    epoch,
    head: 3,
    seq: 3,
    changes: { user: { upserts: [me], deletes: [] } },
    more: false,
    snapshotRequired: false,
  });
});

test('a deleted entity is told as deleted, and one that came back as there', async () => {
  const asha = await market.user();
  const [gone, back] = [newId(), newId()];
  const at = (id: string, version: number, deleted?: true) => ({
    userId: asha.id,
    type: 'thing.changed',
    data: { entity: 'thing', id, version, ...(deleted ? { deleted } : {}), change: { how: 'so' } },
  });
  const db = market.database.fork().getKysely() as unknown as Sql;
  await appendInbox(db, [at(gone, 1), at(back, 1), at(gone, 2, true), at(back, 2, true), at(back, 3)], { offsetMs: 0 });
  const { epoch } = await market.ok(asha, 'sync.snapshot');
  const { changes } = await market.ok(asha, 'sync.delta', { epoch, after: 0 });
  expect(changes).toEqual({ thing: { upserts: [{ id: back, version: 3 }], deletes: [{ id: gone, version: 2 }] } });
});

test('a delta goes on from where the last one ended', async () => {
  const asha = await market.user();
  const pending = Array.from({ length: 2_001 }, (_, index) => ({
    userId: asha.id,
    type: 'thing.changed',
    data: { entity: 'thing', id: `thing ${index % 3}`, version: index + 1 },
  }));
  await appendInbox(market.database.fork().getKysely(), pending, { offsetMs: 0 });
  const { epoch } = await market.ok(asha, 'sync.snapshot');
  const first = await market.ok(asha, 'sync.delta', { epoch, after: 0 });
  expect([first.seq, first.head, first.more, first.changes.thing.upserts.length]).toEqual([2_000, 2_001, true, 3]);
  const second = await market.ok(asha, 'sync.delta', { epoch, after: first.seq });
  expect([second.seq, second.more]).toEqual([2_001, false]);
  expect(second.changes.thing.upserts).toEqual([{ id: 'thing 2', version: 2_001 }]);
});

test('a cursor that the inbox no longer reaches needs a snapshot', async () => {
  const asha = await market.user();
  const delta = await market.ok(asha, 'sync.delta', { epoch: 'other', after: 0 });
  expect(delta).toMatchObject({ changes: {}, snapshotRequired: true });
  expect(await market.fails(null, 'sync.delta', { epoch: 'other', after: 0 })).toBe('auth.required');
});
