import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { appendInbox, inboxHead, inTransaction, newId, type Sql, type UserId } from '../../src/domain/kernel/index.ts';
import { createHarness, type Harness } from '../support/harness.ts';

let market: Harness;
let person: UserId;
const clock = { offsetMs: 0 };

beforeAll(async () => {
  market = await createHarness();
  await sql`create table step (
    id int primary key, after int references step (id) deferrable initially deferred
  )`.execute(market.database.sql);
  // A connection parses BEGIN and COMMIT in its first transaction and sends them along from then on.
  for (let warm = 0; warm < 2; warm += 1) await within((inside) => append(inside, newId<UserId>()));
});
afterAll(() => market.close());
beforeEach(async () => {
  person = newId<UserId>();
  await sql`delete from step where id >= ${0}`.execute(market.database.sql);
});

const within = <T>(run: (inside: Sql) => Promise<T>) =>
  inTransaction({ sql: market.database.sql, fork: () => market.database.fork() }, (transaction) =>
    run(transaction.sql),
  );
const step = (inside: Sql, id: number, after: number | null = null) =>
  sql`insert into step (id, after) values (${id}, ${after})`.execute(inside);
const append = (inside: Sql, userId: UserId, type: string | null = 'test.happened') =>
  appendInbox(inside, [{ userId, type: type as string, data: {} }], { ...clock, isLast: true });
const steps = async () =>
  (await sql<{ id: number }>`select id from step order by id`.execute(market.database.sql)).rows.map(({ id }) => id);
const head = async () => (await inboxHead(market.database.sql, person)).head;

test('the first statement is inside the transaction', async () => {
  const stopped = within(async (inside) => {
    await step(inside, 1);
    await step(inside, 2);
    throw new Error('stopped');
  });
  await expect(stopped).rejects.toThrow('stopped');
  expect(await steps()).toEqual([]);
});

test('what the first statement is refused for is told, and the connection serves the next transaction', async () => {
  await within((inside) => step(inside, 1));
  await expect(within((inside) => step(inside, 1))).rejects.toMatchObject({ code: '23505' });
  await within((inside) => step(inside, 2));
  expect(await steps()).toEqual([1, 2]);
});

test('the last statement commits with what came before it', async () => {
  const [batch] = await within(async (inside) => {
    await step(inside, 1);
    return append(inside, person);
  });
  expect(batch?.events.map(({ seq }) => seq)).toEqual([1]);
  expect([await steps(), await head()]).toEqual([[1], 1]);
});

test.skipIf(!process.env.DATABASE_URL)('the commit goes with the last statement', async () => {
  await within(async (inside) => {
    await step(inside, 1);
    expect(await steps()).toEqual([]);
    await append(inside, person);
    expect([await steps(), await head()]).toEqual([[1], 1]);
  });
});

test('a last statement that fails commits nothing', async () => {
  const refused = within(async (inside) => {
    await step(inside, 1);
    return append(inside, person, null);
  });
  await expect(refused).rejects.toMatchObject({ code: '23502' });
  expect([await steps(), await head()]).toEqual([[], 0]);
});

test('a transaction of one statement, the last, is committed or is not', async () => {
  await within((inside) => append(inside, person));
  await expect(within((inside) => append(inside, person, null))).rejects.toMatchObject({ code: '23502' });
  expect(await head()).toBe(1);
});

test('what only the commit checks is refused, whether or not the commit goes with the last statement', async () => {
  await expect(within((inside) => step(inside, 1, 99))).rejects.toMatchObject({ code: '23503' });
  const refused = within(async (inside) => {
    await step(inside, 2, 99);
    return append(inside, person);
  });
  await expect(refused).rejects.toMatchObject({ code: '23503' });
  await within((inside) => step(inside, 3));
  expect([await steps(), await head()]).toEqual([[3], 0]);
});

test.skipIf(!process.env.DATABASE_URL)(
  'a connection lost inside a transaction leaves room for another one',
  async () => {
    const pool = market.database.pool;
    for (let times = 0; times < 12; times += 1) {
      const lost = within((inside) =>
        sql`select pg_terminate_backend(pg_backend_pid()), ${times}::int`.execute(inside),
      );
      await expect(lost).rejects.toThrow();
    }
    expect(pool()).toMatchObject({ used: 0, waiting: 0 });
    await within((inside) => step(inside, 1));
    expect(await steps()).toEqual([1]);
  },
);

test('the entity manager joins the transaction', async () => {
  const stopped = inTransaction(
    { sql: market.database.sql, fork: () => market.database.fork() },
    async (transaction) => {
      await transaction.db.getConnection().execute('insert into step (id) values (1)', [], 'run', transaction.sql);
      expect(transaction.db.isInTransaction()).toBe(true);
      expect((await sql`select id from step`.execute(transaction.sql)).rows).toHaveLength(1);
      throw new Error('stopped');
    },
  );
  await expect(stopped).rejects.toThrow('stopped');
  expect(await steps()).toEqual([]);
});
