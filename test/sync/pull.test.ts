import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sql } from '../../src/domain/kernel/index.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';

let market: Harness;
let asha: TestUser;
let epoch: string;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  asha = await market.user();
  for (let index = 1; index <= 12; index += 1) await market.ok(asha, 'users.update', { bio: `bio ${index}` });
  ({ epoch } = await market.ok(asha, 'sync.pull', { epoch: '', after: 0 }));
});
afterAll(() => market.close());

const seqs = (pulled: { events: { seq: number }[] }) => pulled.events.map(({ seq }) => seq);

test('a pull gives what follows the cursor, in order and without a gap', async () => {
  const pulled = await market.ok(asha, 'sync.pull', { epoch, after: 7 });
  expect(seqs(pulled)).toEqual([8, 9, 10, 11, 12]);
  expect(pulled).toMatchObject({ epoch, head: 12, more: false, snapshotRequired: false });
  expect(pulled.events[0]).toMatchObject({ type: 'user.changed', data: { entity: 'user', id: asha.id, bio: 'bio 8' } });
});

test('a pull longer than its limit says that there is more', async () => {
  const first = await market.ok(asha, 'sync.pull', { epoch, after: 0, limit: 5 });
  expect([seqs(first), first.more]).toEqual([[1, 2, 3, 4, 5], true]);
  const last = await market.ok(asha, 'sync.pull', { epoch, after: 10, limit: 5 });
  expect([seqs(last), last.more]).toEqual([[11, 12], false]);
});

test('a cursor at the head gets nothing, and is recovered', async () => {
  const pulled = await market.ok(asha, 'sync.pull', { epoch, after: 12 });
  expect(pulled).toMatchObject({ events: [], snapshotRequired: false });
});

test('a cursor of another epoch or from the future needs a snapshot', async () => {
  for (const cursor of [
    { epoch: 'other', after: 3 },
    { epoch, after: 13 },
  ]) {
    expect(await market.ok(asha, 'sync.pull', cursor)).toMatchObject({ events: [], snapshotRequired: true });
  }
});

test('nobody pulls the inbox of another', async () => {
  const juma = await market.user();
  expect(await market.ok(juma, 'sync.pull', { epoch, after: 0 })).toMatchObject({ events: [], head: 0 });
  expect(await market.fails(null, 'sync.pull', { epoch, after: 0 })).toBe('auth.required');
});

test('more than the largest page is refused', async () => {
  expect(await market.fails(asha, 'sync.pull', { epoch, after: 0, limit: 501 })).toBe('input.invalid');
  expect(await market.fails(asha, 'sync.pull', { epoch, after: -1 })).toBe('input.invalid');
});

test('what is older than the retention is pruned, and older cursors need a snapshot', async () => {
  const juma = await market.user();
  for (const bio of ['one', 'two', 'three']) await market.ok(juma, 'users.update', { bio, idempotencyKey: bio });
  const db = market.database.fork().getKysely() as unknown as Sql;
  await sql`update inbox_event set at = at - interval '31 days' where user_id = ${juma.id} and seq <= 2`.execute(db);
  await sql`update idempotency set created_at = created_at - interval '25 hours' where key = 'one'`.execute(db);
  await market.runJob('sync.prune');
  expect(await market.ok(juma, 'sync.pull', { epoch, after: 1 })).toMatchObject({ head: 3, snapshotRequired: true });
  expect(seqs(await market.ok(juma, 'sync.pull', { epoch, after: 2 }))).toEqual([3]);
  const { rows } = await sql<{ key: string }>`
    select key from idempotency where actor_id = ${juma.id} order by key`.execute(db);
  expect(rows.map(({ key }) => key)).toEqual(['three', 'two']);
});
