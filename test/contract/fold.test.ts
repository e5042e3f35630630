import { afterAll, beforeAll, expect, test } from 'vitest';
import { jobs, operations, snapshots } from '../../src/domain/registry.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { loadCases } from './load-cases.ts';

interface View {
  readonly entity: string;
  readonly id: string;
  readonly version: number;
  readonly deleted?: boolean;
}

const cases = await loadCases();
/** Given in the answer to signing up, and pushed only when it changes. */
const knownFromSignIn = new Set(['user']);
const hourMs = 3_600_000;
const atOnce = 6;

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

test('after every operation and job, each person’s inbox folds to a fresh snapshot', async () => {
  const people = new Map<string, TestUser>();
  const watched: Harness = {
    ...market,
    async user(fields) {
      const user = await market.user(fields);
      people.set(user.id, user);
      return user;
    },
  };
  for (const name of operations.keys()) {
    const call = await cases.operations[name]?.success(watched);
    if (call) await watched.call(call.as, name, call.input, call.meta);
  }
  for (const laterMs of [0, hourMs, 9 * 24 * hourMs]) {
    market.clock.offsetMs += laterMs;
    for (const name of jobs.keys()) await watched.runJob(name);
  }
  expect(people.size).toBeGreaterThan(0);
  const all = [...people.values()];
  for (let next = 0; next < all.length; next += atOnce) {
    await Promise.all(all.slice(next, next + atOnce).map((person) => expectFoldToEqualSnapshot(person)));
  }
}, 600_000);

async function expectFoldToEqualSnapshot(person: TestUser): Promise<void> {
  const folded = new Map<string, View>();
  for (const { data } of await market.inboxOf(person)) {
    const { change: _change, ...view } = data as View & { change?: unknown };
    const known = folded.get(`${view.entity} ${view.id}`);
    if (!known || view.version > known.version) folded.set(`${view.entity} ${view.id}`, view);
  }
  const fresh = await snapshotOf(person);
  for (const [key, view] of folded) {
    if (!snapshots.has(view.entity)) continue;
    const { entity: _entity, ...pushed } = view;
    expect(timeless(view.deleted ? undefined : pushed), `${key} of ${person.id}`).toEqual(timeless(fresh.get(key)));
  }
  const unheardOf = [...fresh.keys()].filter(
    (key) => !folded.has(key) && !knownFromSignIn.has(key.split(' ')[0] ?? ''),
  );
  expect(unheardOf, `never pushed to ${person.id}`).toEqual([]);
}

async function snapshotOf(person: TestUser): Promise<Map<string, View>> {
  const fresh = new Map<string, View>();
  let cursor: string | undefined;
  do {
    const page = await market.ok(person, 'sync.snapshot', cursor ? { cursor } : {});
    for (const [entity, views] of Object.entries(page.state as Record<string, View[]>)) {
      for (const view of views) fresh.set(`${entity} ${view.id}`, view);
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return fresh;
}

/** Without the reading of the clock that some views carry. */
function timeless(view: object | undefined): object | undefined {
  return view && { ...view, serverNow: undefined };
}
