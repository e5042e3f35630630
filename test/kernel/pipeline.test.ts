import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import {
  clockPort,
  createExecute,
  defineCommand,
  defineEvent,
  defineJob,
  defineQuery,
  errors as kernelErrors,
  limits,
  Ports,
  type Actor,
  type Execute,
  type Operation,
  type Outbound,
} from './parts.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';

const meta = { requestId: 'request-1', ip: '203.0.113.9' };
const CounterView = z.object({ id: z.string(), version: z.int(), count: z.int() });
const counted = defineEvent({
  type: 'counter.counted',
  entity: 'counter',
  view: CounterView,
  change: z.undefined(),
  notice: ({ view: { id, count } }) =>
    count < 100
      ? null
      : { topic: 'account', template: 'counter.high', params: { count }, about: { entity: 'counter', id } },
});
const job = defineJob({ name: 'counter.tidy', everySeconds: 60, summary: 'nothing', run: async () => {} });
let runs = 0;

const count = defineCommand({
  name: 'counter.count',
  access: 'user',
  ratePerMinute: 3,
  summary: 'Counts.',
  input: z.strictObject({ by: z.int().default(1) }),
  output: CounterView,
  errors: ['counter.refused'],
  emits: [counted],
  async run({ input, actor, tx, fail }) {
    runs += 1;
    if (input.by < 0) fail('counter.refused');
    const view = { id: 'c', version: input.by, count: input.by, hidden: 'never on the wire' };
    tx.emit(counted, actor.userId, { view });
    tx.nudge(job);
    return view;
  },
});

const keep = defineCommand({
  name: 'counter.keep',
  access: 'user',
  summary: 'Writes, then fails, and the write stays.',
  input: z.strictObject({}),
  output: z.object({}),
  errors: ['counter.refused'],
  emits: [counted],
  async run({ actor, tx, failKeeping }) {
    tx.emit(counted, actor.userId, { view: { id: 'c', version: 1, count: 1 } });
    return failKeeping('counter.refused');
  },
});

const lie = defineCommand({
  name: 'counter.lie',
  access: 'guest',
  summary: 'Answers an error it did not declare.',
  input: z.strictObject({}),
  output: z.object({}),
  errors: [],
  async run({ fail }) {
    return fail('counter.refused' as never);
  },
});

const conflict = defineCommand({
  name: 'counter.conflict',
  access: 'guest',
  summary: 'Meets a deadlock twice.',
  input: z.strictObject({}),
  output: z.object({ attempts: z.int() }),
  errors: [],
  async run({ sql: db }) {
    runs += 1;
    if (runs < 3) await sql`do $$ begin raise exception 'deadlock' using errcode = '40P01'; end $$`.execute(db);
    return { attempts: runs };
  },
});

const systemOnly = defineCommand({
  name: 'counter.sweep',
  access: 'system',
  summary: 'Only for jobs.',
  input: z.strictObject({}),
  output: z.object({}),
  errors: [],
  run: async () => ({}),
});

const report = defineQuery({
  name: 'counter.report',
  access: 'analyst',
  summary: 'For analysts.',
  input: z.strictObject({}),
  output: z.object({ serverNow: z.number() }),
  errors: [],
  run: async ({ now }) => ({ serverNow: (await now()).getTime() }),
});

const operations = new Map<string, Operation>(
  [count, keep, lie, conflict, systemOnly, report].map((operation) => [operation.name, operation]),
);

let market: Harness;
let asha: TestUser;
let execute: Execute;
const delivered: Outbound[] = [];
const nudged: string[] = [];
const causes: unknown[] = [];
const taken = new Map<string, number>();

beforeAll(async () => {
  market = await createHarness();
  asha = await market.user();
  execute = createExecute({
    operations,
    errors: { ...kernelErrors, 'counter.refused': { retry: 'never', http: 422, text: 'No.' } },
    sql: market.database.sql,
    fork: () => market.database.fork(),
    ports: new Ports().bind(clockPort, market.clock),
    limiter: {
      async take(key, perMinute) {
        taken.set(key, (taken.get(key) ?? 0) + 1);
        return (taken.get(key) ?? 0) > perMinute ? { retryAfterMs: 500 } : null;
      },
    },
    deliver: (outbound) => void delivered.push(outbound),
    nudge: ({ name }) => void nudged.push(name),
    observe: ({ cause }) => void (cause && causes.push(cause)),
  });
});
afterAll(() => market.close());

const as = (actor: Actor, name: string, input: unknown = {}) => execute(name, input, { actor, meta });
const code = async (actor: Actor, name: string, input: unknown = {}) => {
  const reply = await as(actor, name, input);
  return reply.ok ? 'ok' : reply.error.code;
};
const visitor: Actor = { kind: 'guest', ip: '203.0.113.9' };

test('views are cut to their schema, numbered and handed over only after commit', async () => {
  taken.clear();
  const reply = await as(asha.actor, 'counter.count', { by: 2 });
  expect(reply).toEqual({ ok: true, data: { id: 'c', version: 2, count: 2 } });
  const [batch] = delivered.at(-1)?.inbox ?? [];
  expect(batch?.events[0]).toMatchObject({
    seq: 1,
    type: 'counter.counted',
    data: { entity: 'counter', id: 'c', version: 2, count: 2 },
  });
  expect(JSON.stringify(batch)).not.toContain('hidden');
  expect(nudged).toContain('counter.tidy');
});

test('a failed command delivers nothing and takes no number', async () => {
  taken.clear();
  const before = delivered.length;
  expect(await code(asha.actor, 'counter.count', { by: -1 })).toBe('counter.refused');
  expect(delivered).toHaveLength(before);
  expect(await market.inboxOf(asha)).toHaveLength(1);
});

test('a failure that keeps its writes commits them', async () => {
  expect(await code(asha.actor, 'counter.keep')).toBe('counter.refused');
  expect(await market.inboxOf(asha)).toHaveLength(2);
});

test('the same key answers a kept failure again, and its writes are kept once', async () => {
  const idempotencyKey = crypto.randomUUID();
  const before = (await market.inboxOf(asha)).length;
  expect(await code(asha.actor, 'counter.keep', { idempotencyKey })).toBe('counter.refused');
  expect(await code(asha.actor, 'counter.keep', { idempotencyKey })).toBe('counter.refused');
  expect(await market.inboxOf(asha)).toHaveLength(before + 1);
});

test('the same key answers the same result once, with another input it is refused', async () => {
  taken.clear();
  runs = 0;
  const key = crypto.randomUUID();
  const [first, second] = await Promise.all([
    as(asha.actor, 'counter.count', { by: 7, idempotencyKey: key }),
    as(asha.actor, 'counter.count', { by: 7, idempotencyKey: key }),
  ]);
  expect(second).toEqual(first);
  expect(runs).toBe(1);
  expect(await code(asha.actor, 'counter.count', { by: 8, idempotencyKey: key })).toBe('idempotency.key_reused');
});

test('another person may use the same key', async () => {
  taken.clear();
  const baraka = await market.user();
  const key = 'shared-key';
  expect(await code(asha.actor, 'counter.count', { by: 1, idempotencyKey: key })).toBe('ok');
  expect(await code(baraka.actor, 'counter.count', { by: 2, idempotencyKey: key })).toBe('ok');
});

test('the limit counts before anything else and says how long to wait', async () => {
  taken.clear();
  for (let n = 0; n < 3; n += 1) await as(asha.actor, 'counter.count');
  const refused = await as(asha.actor, 'counter.count', { nonsense: true });
  expect(refused).toMatchObject({ ok: false, error: { code: 'limit.rate', retry: 'later', retryAfterMs: 500 } });
});

test('calls of one session, and of one address, are counted together whatever they call', async () => {
  taken.clear();
  await as(asha.actor, 'counter.count');
  await as(asha.actor, 'counter.keep');
  await as(visitor, 'counter.conflict');
  expect(taken.get(`session:${asha.actor.sessionId}`)).toBe(2);
  expect(taken.get('address:203.0.113.9')).toBe(3);
  taken.set(`session:${asha.actor.sessionId}`, limits.sessionCommandsPerMinute);
  expect(await code(asha.actor, 'counter.keep')).toBe('limit.rate');
  taken.set('address:203.0.113.9', limits.addressCommandsPerMinute);
  expect(await code(visitor, 'counter.conflict')).toBe('limit.rate');
});

test('an event that says something outside the app leaves a notice with its number', async () => {
  taken.clear();
  const baraka = await market.user();
  await as(baraka.actor, 'counter.count', { by: 1 });
  await as(baraka.actor, 'counter.count', { by: 100 });
  const { rows } = await sql`select seq::int, notice from inbox_notice where user_id = ${baraka.id}`.execute(
    market.database.sql,
  );
  expect(rows).toEqual([
    {
      seq: 2,
      notice: {
        topic: 'account',
        template: 'counter.high',
        params: { count: 100 },
        about: { entity: 'counter', id: 'c' },
      },
    },
  ]);
});

test('an undeclared error answers internal with the request id, and the cause stays with us', async () => {
  const reply = await as(visitor, 'counter.lie');
  expect(reply).toMatchObject({ ok: false, error: { code: 'internal', requestId: 'request-1' } });
  expect(causes).toHaveLength(1);
});

test('a deadlock is retried inside the pipeline', async () => {
  runs = 0;
  expect(await as(visitor, 'counter.conflict')).toEqual({ ok: true, data: { attempts: 3 } });
});

test.each([
  ['a guest needs to sign in', visitor, 'counter.count', {}, 'auth.required'],
  ['an unknown command is told apart from bad input', visitor, 'counter.unknown', {}, 'command.unknown'],
  ['a system command does not exist for people', visitor, 'counter.sweep', {}, 'command.unknown'],
  ['an array is not an input', visitor, 'counter.lie', [], 'frame.malformed'],
  ['null is not an input', visitor, 'counter.lie', null, 'frame.malformed'],
  ['a field too many is refused', visitor, 'counter.lie', { extra: 1 }, 'input.invalid'],
  ['an empty key is refused', visitor, 'counter.lie', { idempotencyKey: '' }, 'input.invalid'],
  ['a key on a query is refused', visitor, 'counter.report', { idempotencyKey: 'k' }, 'input.invalid'],
])('%s', async (_name, actor, name, input, expected) => {
  expect(await code(actor as Actor, name, input)).toBe(expected);
});

test('a role opens its commands, and admins may use them all', async () => {
  const analyst = await market.user({ roles: ['analyst'] });
  const admin = await market.user({ roles: ['admin'] });
  expect(await code(asha.actor, 'counter.report')).toBe('auth.forbidden');
  expect(await code(analyst.actor, 'counter.report')).toBe('ok');
  expect(await code(admin.actor, 'counter.report')).toBe('ok');
});

test('time is the database clock plus the offset of the test', async () => {
  const admin = await market.user({ roles: ['admin'] });
  market.clock.offsetMs = 3_600_000;
  const reply = await as(admin.actor, 'counter.report');
  market.clock.offsetMs = 0;
  const ahead = reply.ok ? (reply.data as { serverNow: number }).serverNow - Date.now() : 0;
  expect(ahead).toBeGreaterThan(3_500_000);
});
