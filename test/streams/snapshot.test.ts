import { afterAll, beforeAll, expect, test } from 'vitest';
import { streamSnapshot } from '../../src/domain/streams/snapshot.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { liveStream } from './live-stream.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

test("the host's events, folded, are the host's snapshot", async () => {
  const { host, streamId } = await liveStream(market);
  await market.ok(host, 'streams.setSlowMode', { streamId, seconds: 5 });
  await market.ok(host, 'streams.end', { streamId });
  await market.ok(host, 'streams.schedule', { title: 'Next week', scheduledFor: '2030-01-01T18:00:00.000Z' });
  const folded = new Map<string, any>();
  for (const { data } of await market.inboxOf(host)) {
    const { entity, change: _, ...view } = data;
    expect(entity).toBe('stream');
    if (view.version > (folded.get(view.id)?.version ?? 0)) folded.set(view.id, view);
  }
  const db = market.database.fork();
  const port = market.ports.get.bind(market.ports) as never;
  const fresh = await streamSnapshot.load({
    db,
    sql: db.getKysely() as never,
    userId: host.actor.userId,
    now: new Date(),
    port,
  });
  expect(fresh).toEqual([...folded.values()].toSorted((a, b) => a.id.localeCompare(b.id)));
});
