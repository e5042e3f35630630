import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpHarness, type HttpHarness } from './harness.ts';

let http: HttpHarness;
beforeAll(async () => {
  http = await createHttpHarness();
});
afterAll(() => http.close());

test('an app goes on from the cursor of its last delta', async () => {
  const asha = await http.market.user();
  const delta = async (since: string) => {
    const response = await http.send(`/v1/sync/delta?since=${since}`, {
      headers: { authorization: `Bearer ${asha.token}` },
    });
    expect(response.status).toBe(200);
    return response.json();
  };
  const { cursor } = await delta('nothing yet');
  for (const bio of ['one', 'two']) await http.market.ok(asha, 'users.update', { bio });
  const changed = await delta(cursor);
  expect(changed).toMatchObject({
    more: false,
    snapshot_required: false,
    changes: { user: { upserts: [{ id: asha.id, bio: 'two' }], deletes: [] } },
  });
  expect((await delta(changed.cursor)).changes).toEqual({});
});

test('a cursor that is not ours asks for a snapshot', async () => {
  const asha = await http.market.user();
  const headers = { authorization: `Bearer ${asha.token}` };
  for (const query of ['', '?since=2026-01-01T00:00:00Z', '?since=elsewhere:5']) {
    const response = await http.send(`/v1/sync/delta${query}`, { headers });
    expect(await response.json()).toMatchObject({ snapshot_required: true, cursor: expect.stringMatching(/^.+:0$/) });
  }
});

test('a guest has no inbox to catch up with', async () => {
  expect((await http.send('/v1/sync/delta')).status).toBe(401);
});
