import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { defineEvent, limits, newId, type EntityView, type SnapshotPart } from '../../src/domain/kernel/index.ts';
import { snapshotSourcesPort } from '../../src/domain/sync/index.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

/** What a client holds after applying events to nothing. */
function fold(events: { data: any }[]): Record<string, unknown[]> {
  const latest = new Map<string, any>();
  for (const {
    data: { change: _, ...view },
  } of events) {
    const key = `${view.entity} ${view.id}`;
    if ((latest.get(key)?.version ?? 0) < view.version) latest.set(key, view);
  }
  const views = [...latest.values()].filter(({ deleted }) => !deleted);
  const byEntity = Object.groupBy(views, ({ entity }) => entity);
  const bare = (list: any[]) => list.map(({ entity: _entity, ...view }) => view);
  return Object.fromEntries(Object.entries(byEntity).map(([entity, list = []]) => [entity, bare(list)]));
}

test('folding all events gives the snapshot', async () => {
  const asha = await market.user();
  await market.ok(asha, 'users.update', { bio: 'I sell chairs', location: { lat: -6.8, lon: 39.28 } });
  await market.ok(asha, 'users.update', { bio: null, fullName: 'Asha M.' });
  const { epoch, head, state, more, nextCursor } = await market.ok(asha, 'sync.snapshot');
  const { events } = await market.ok(asha, 'sync.pull', { epoch, after: 0 });
  expect(state.user).toEqual(fold(events).user);
  expect([head, more, nextCursor]).toEqual([events.at(-1).seq, false, null]);
});

test('a snapshot holds only what concerns the person, and every kind of entity', async () => {
  const juma = await market.user();
  const { state } = await market.ok(juma, 'sync.snapshot');
  expect(state.user.map(({ id }: { id: string }) => id)).toEqual([juma.id]);
  expect(Object.keys(state).toSorted()).toEqual([...market.ports.get(snapshotSourcesPort).parts.keys()].toSorted());
  expect(await market.fails(null, 'sync.snapshot')).toBe('auth.required');
});

test('a large snapshot comes in pages that add up to the whole, with the first head', async () => {
  const paged = await createHarness(bindTestPorts);
  const view = z.object({ id: z.string(), version: z.int() });
  const partOf = (entity: string, count: number): SnapshotPart => {
    const views = Array.from({ length: count }, (): EntityView => ({ id: newId(), version: 1 }));
    return { entity, load: async () => views.toReversed() };
  };
  const counts = { a: 3, b: limits.snapshotPageViews * 2, c: 7 };
  const parts = Object.entries(counts).map(([entity, count]) => partOf(entity, count));
  const eventOf = (entity: string) => defineEvent({ type: `${entity}.changed`, entity, view, change: z.undefined() });
  paged.ports.bind(snapshotSourcesPort, {
    parts: new Map(parts.map((part) => [part.entity, part])),
    events: new Map(parts.map(({ entity }) => [entity, eventOf(entity)])),
  });
  const asha = await paged.user();
  const seen: Record<string, Set<string>> = { a: new Set(), b: new Set(), c: new Set() };
  let cursor: string | undefined;
  let pages = 0;
  do {
    const page = await paged.ok(asha, 'sync.snapshot', cursor ? { cursor } : {});
    for (const [entity, views] of Object.entries<EntityView[]>(page.state)) {
      for (const { id } of views) seen[entity]?.add(id);
    }
    expect(Object.values<EntityView[]>(page.state).flat().length).toBeLessThanOrEqual(limits.snapshotPageViews);
    expect(page.head).toBe(0);
    if (pages === 0) await paged.ok(asha, 'users.update', { bio: 'changed in between' });
    expect(page.more).toBe(page.nextCursor !== null);
    cursor = page.nextCursor ?? undefined;
    pages += 1;
  } while (cursor);
  expect(Object.fromEntries(Object.entries(seen).map(([entity, ids]) => [entity, ids.size]))).toEqual(counts);
  expect(pages).toBe(3);
  await paged.close();
});

test('a forged cursor is bad input', async () => {
  const asha = await market.user();
  expect(await market.fails(asha, 'sync.snapshot', { cursor: 'nonsense' })).toBe('input.invalid');
  const { epoch } = await market.ok(asha, 'sync.snapshot');
  const cursor = Buffer.from(JSON.stringify([epoch, 0, 'nothing', ''])).toString('base64url');
  expect(await market.fails(asha, 'sync.snapshot', { cursor })).toBe('input.invalid');
});
