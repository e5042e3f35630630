import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  appendInbox,
  inboxHead,
  inboxHeads,
  newId,
  pruneInbox,
  pullInbox,
  pullInboxes,
  type InboxPull,
  type InboxWant,
  type Sql,
  type UserId,
} from '../../src/domain/kernel/index.ts';
import { createHarness, type Harness } from '../support/harness.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness();
});
afterAll(() => market.close());

const reader = () => market.database.fork().getKysely() as unknown as Sql;
const event = (userId: UserId, n: number) => ({ userId, type: 'test.happened', data: { n } });
const append = (events: ReturnType<typeof event>[], clock = { offsetMs: 0 }) =>
  market.database.fork().transactional((em) => appendInbox(em.getKysely() as unknown as Sql, events, clock));

test('numbers are gap-free for each person whatever runs at the same time', async () => {
  const people = Array.from({ length: 5 }, () => newId<UserId>());
  await Promise.all(
    Array.from({ length: 60 }, (_, n) => {
      const two = [people[n % 5], people[(n * 3 + 1) % 5]].filter(
        (one, index, all) => one && all.indexOf(one) === index,
      );
      // Opposite orders of the same people: the statement itself must sort them.
      return append((n % 2 ? two : two.toReversed()).map((userId) => event(userId as UserId, n)));
    }),
  );
  for (const userId of people) {
    const { epoch, head } = await inboxHead(reader(), userId);
    const { events } = await pullInbox(reader(), userId, { epoch, after: 0, limit: 500 });
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: head }, (_, index) => index + 1));
  }
});

// The embedded database has one connection: there, transactions take turns.
test.skipIf(!process.env.DATABASE_URL)('a long transaction of one person stalls nobody else', async () => {
  const [long, other] = [newId<UserId>(), newId<UserId>()];
  const opened = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const open = market.database.fork().transactional(async (em) => {
    await appendInbox(em.getKysely(), [event(long, 1)], { offsetMs: 0 });
    opened.resolve();
    await end.promise;
  });
  await opened.promise;
  for (let n = 1; n <= 3; n += 1) await append([event(other, n)]);
  const { epoch } = await inboxHead(reader(), other);
  const { events } = await pullInbox(reader(), other, { epoch, after: 0, limit: 10 });
  expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect((await inboxHead(reader(), long)).head).toBe(0);
  end.resolve();
  await open;
  expect((await inboxHead(reader(), long)).head).toBe(1);
});

test('several events of one person in one commit keep their order', async () => {
  const userId = newId<UserId>();
  const [batch] = await append([event(userId, 1), event(userId, 2), event(userId, 3)]);
  expect(batch?.events.map(({ seq, data }) => [seq, data])).toEqual([
    [1, { n: 1 }],
    [2, { n: 2 }],
    [3, { n: 3 }],
  ]);
});

test('a rolled-back transaction leaves no hole', async () => {
  const userId = newId<UserId>();
  await append([event(userId, 1)]);
  await expect(
    market.database.fork().transactional(async (em) => {
      await appendInbox(em.getKysely(), [event(userId, 2)], { offsetMs: 0 });
      throw new Error('killed');
    }),
  ).rejects.toThrow('killed');
  const [batch] = await append([event(userId, 3)]);
  expect(batch?.events[0]?.seq).toBe(2);
});

test('a pull pages from the cursor and says whether there is more', async () => {
  const userId = newId<UserId>();
  await append(Array.from({ length: 7 }, (_, n) => event(userId, n)));
  const { epoch } = await inboxHead(reader(), userId);
  const first = await pullInbox(reader(), userId, { epoch, after: 2, limit: 3 });
  expect(first).toMatchObject({ head: 7, more: true, snapshotRequired: false });
  expect(first.events.map(({ seq }) => seq)).toEqual([3, 4, 5]);
  const last = await pullInbox(reader(), userId, { epoch, after: 5, limit: 3 });
  expect(last).toMatchObject({ more: false });
  expect(await pullInbox(reader(), userId, { epoch, after: 7, limit: 3 })).toMatchObject({
    events: [],
    more: false,
    snapshotRequired: false,
  });
});

test('a cursor of another epoch, from the future, or older than what is kept asks for a snapshot', async () => {
  const userId = newId<UserId>();
  const longAgo = { offsetMs: -40 * 86_400_000 };
  await append([event(userId, 1)], longAgo);
  await append([event(userId, 2)]);
  const { epoch } = await inboxHead(reader(), userId);
  const required = async (cursor: { epoch: string; after: number }) =>
    (await pullInbox(reader(), userId, { ...cursor, limit: 10 })).snapshotRequired;
  expect(await required({ epoch: 'restored', after: 1 })).toBe(true);
  expect(await required({ epoch, after: 9 })).toBe(true);
  expect(await required({ epoch, after: 0 })).toBe(false);
  expect(await pruneInbox(reader(), new Date())).toBe(1);
  expect(await required({ epoch, after: 0 })).toBe(true);
  expect(await required({ epoch, after: 1 })).toBe(false);
});

/** What a pull must answer, from everything that is kept, without the statement. */
function expected(kept: readonly number[], { epoch, head }: { epoch: string; head: number }, want: InboxWant) {
  const none = { epoch, seqs: [], head, more: false };
  const { cursor } = want;
  if (!cursor) return { ...none, snapshotRequired: false };
  const after = kept.filter((seq) => seq > cursor.after);
  const isGap = cursor.after < head && after[0] !== cursor.after + 1;
  if (cursor.epoch !== epoch || cursor.after > head || isGap) return { ...none, snapshotRequired: true };
  return { epoch, seqs: after.slice(0, 4), head, more: after.length > 4, snapshotRequired: false };
}

const withSeqs = ({ events, ...rest }: InboxPull) => ({ ...rest, seqs: events.map(({ seq }) => seq) });

test('a batch answers each cursor as it would be answered alone, and as the kept events say', async () => {
  const people = Array.from({ length: 6 }, () => newId<UserId>());
  const longAgo = { offsetMs: -40 * 86_400_000 };
  for (const [index, userId] of people.slice(1).entries()) {
    await append(
      Array.from({ length: 3 * index }, (_, n) => event(userId, n)),
      longAgo,
    );
    await append(Array.from({ length: 9 }, (_, n) => event(userId, n)));
  }
  await pruneInbox(reader(), new Date());
  const { epoch } = await inboxHead(reader(), people[0] as string);
  const kept = new Map<string, number[]>();
  for (const userId of people) {
    const { rows } = await sql<{ seq: string }>`
      select seq::text from inbox_event where user_id = ${userId} order by inbox_event.seq`.execute(reader());
    kept.set(
      userId,
      rows.map(({ seq }) => Number(seq)),
    );
  }
  const { heads } = await inboxHeads(reader(), people);
  const cursor = fc.record({
    epoch: fc.constantFrom(epoch, epoch, epoch, 'restored', '', '\u0000', '\ud800'),
    after: fc.nat({ max: 24 }),
  });
  const want = fc.record({ userId: fc.constantFrom(...people), cursor: fc.option(cursor, { freq: 5 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(want, { minLength: 1, maxLength: 40 }), async (wants) => {
      const pulled = await pullInboxes(reader(), wants, 4);
      const heard = wants.map((one) =>
        expected(kept.get(one.userId) ?? [], { epoch, head: heads.get(one.userId) ?? 0 }, one),
      );
      expect(pulled.map(withSeqs)).toEqual(heard);
      const [first] = wants;
      if (!first?.cursor) return;
      expect(await pullInbox(reader(), first.userId, { ...first.cursor, limit: 4 })).toEqual(pulled[0]);
    }),
    { numRuns: 60 },
  );
});

test('heads of many people come in one query', async () => {
  const [known, unknown] = [newId<UserId>(), newId<UserId>()];
  await append([event(known, 1), event(known, 2)]);
  expect((await inboxHeads(reader(), [known, unknown])).heads).toEqual(new Map([[known, 2]]));
});
