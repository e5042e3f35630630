import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { newDatabaseTarget } from '../support/databases.ts';
import { bindTestPorts } from '../support/ports.ts';
import { listingOf, pickup, stockOf } from '../orders/stall.ts';

let market: Harness;
/** A connection of somebody else's, to hold locks and to cut connections with. */
let other: pg.Client | null = null;
beforeAll(async () => {
  const given = await newDatabaseTarget();
  market = await createHarness(bindTestPorts, given);
  if ('url' in given.target) {
    other = new pg.Client({ connectionString: given.target.url });
    await other.connect();
  }
});
afterAll(async () => {
  await other?.end();
  await market.close();
});

const key = () => crypto.randomUUID();

async function stall(): Promise<{ buyer: TestUser; wish: object; listingId: string }> {
  const listingId = await listingOf(market, await market.user(), { quantity: 5 });
  return { buyer: await market.user(), listingId, wish: { listingId, quantity: 1, ...pickup } };
}

test('attack 10: one key, many times in flight at once, places one order and answers all of them with it', async () => {
  const { buyer, wish, listingId } = await stall();
  const idempotencyKey = key();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => market.ok(buyer, 'orders.place', { ...wish, idempotencyKey })),
  );
  expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
  expect(await stockOf(market, listingId)).toMatchObject({ quantity: 5, reserved: 1 });
});

test('attack 10: the key of another person, or with another body, does nothing to the order', async () => {
  const { buyer, wish, listingId } = await stall();
  const stranger = await market.user();
  const idempotencyKey = key();
  const [own, theirs] = await Promise.all(
    [buyer, stranger].map((who) => market.ok(who, 'orders.place', { ...wish, idempotencyKey })),
  );
  expect(own.id).not.toBe(theirs.id);
  const more = { ...wish, quantity: 2, idempotencyKey };
  const codes = await Promise.all([1, 2, 3].map(() => market.fails(buyer, 'orders.place', more)));
  expect(codes).toEqual(Array.from({ length: 3 }, () => 'idempotency.key_reused'));
  expect(await stockOf(market, listingId)).toMatchObject({ quantity: 5, reserved: 2 });
});

test.skipIf(!process.env.DATABASE_URL)(
  'attack 10: a command whose connection dies in the middle leaves nothing, and its key works afterwards',
  async () => {
    const { buyer, wish, listingId } = await stall();
    const input = { ...wish, idempotencyKey: key() };
    await other!.query('begin');
    await other!.query('select from listing where id = $1 for update', [listingId]);
    const cut = market.call(buyer, 'orders.place', input);
    await cutWhoWaits(other!);
    await other!.query('rollback');
    expect(await cut).toMatchObject({ ok: false, error: { code: 'server.unavailable' } });
    expect(await stockOf(market, listingId)).toMatchObject({ reserved: 0 });
    const answers = await Promise.all([1, 2, 3].map(() => market.ok(buyer, 'orders.place', input)));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await stockOf(market, listingId)).toMatchObject({ reserved: 1 });
  },
);

/** Cuts the connection that waits for a lock which this one holds. */
async function cutWhoWaits(holder: pg.Client): Promise<void> {
  for (let tries = 0; tries < 4_000; tries += 1) {
    const { rowCount } = await holder.query(`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pg_backend_pid() = any(pg_blocking_pids(pid))`);
    if (rowCount) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('nobody waited for the lock');
}
