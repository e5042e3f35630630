import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AccountEntity } from '../../src/domain/identity/entities.ts';
import { SessionId, UserId, type Actor, type Observation } from '../../src/domain/kernel/index.ts';
import { createMetrics } from '../../src/http/index.ts';
import { createLog } from '../../src/log.ts';
import { observeCommand, observeHandshake, observeToken } from '../../src/observe.ts';
import { signUp } from '../identity/mailbox.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

function capture(): { log: ReturnType<typeof createLog>; text: () => string } {
  let text = '';
  return { log: createLog('info', 'test', { write: (line) => void (text += line) }), text: () => text };
}

/** What the drivers throw: MikroORM over a unique index, Kysely over a cast and over a row that does not fit. */
async function databaseErrors(canary: string): Promise<unknown[]> {
  const asha = await market.user();
  const db = market.database.fork();
  const kysely = db.getKysely();
  const caught = (work: Promise<unknown>) =>
    work.then(
      () => null,
      (error: unknown) => error,
    );
  await db.nativeUpdate(AccountEntity, { id: asha.id as never }, { username: canary });
  const other = await market.user();
  return [
    await caught(db.nativeUpdate(AccountEntity, { id: other.id as never }, { username: canary })),
    await caught(sql`select ${canary}::text::uuid`.execute(kysely)),
    await caught(sql`update account set username = ${canary} where id = ${other.id}`.execute(kysely)),
    await caught(sql`update account set full_name = null, bio = ${canary} where id = ${other.id}`.execute(kysely)),
  ];
}

test('what a database error quotes of people stays out of the log', async () => {
  const canary = 'canary-of-a-person';
  const { log, text } = capture();
  const errors = await databaseErrors(canary);
  expect(errors.every((error) => error instanceof Error)).toBe(true);
  for (const error of errors) log.error({ err: error }, 'command failed');
  expect(text()).not.toContain(canary);
  expect(text().match(/"code":"(23505|22P02|23502)"/g)).toHaveLength(4);
});

const asha: Actor = {
  kind: 'user',
  userId: UserId.parse('0190b7a2-0000-7000-8000-000000000001'),
  sessionId: SessionId.parse('0190b7a2-0000-7000-8000-000000000002'),
  roles: [],
  tokenExpiresAt: 0,
};
const guest: Actor = { kind: 'guest', ip: '203.0.113.7' };

function observed() {
  const { log, text } = capture();
  const operations = new Map([
    ['hub.check', { access: 'hub' as const }],
    ['offers.make', { access: 'user' as const }],
    ['sessions.login', { access: 'guest' as const }],
  ]);
  const observe = observeCommand(log, createMetrics(), { operations, signIns: new Set(['sessions.login']) });
  return {
    see: (name: string, outcome: string, actor: Actor = asha, about: UserId[] = []) =>
      observe({ name, outcome, actor, about, durationMs: 1, meta: { requestId: 'r1', ip: '203.0.113.7' } }),
    lines: () =>
      text()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

test('sign-ins, refusals, rate limits and acts of staff are told in production, everyday commands are not', () => {
  const { see, lines } = observed();
  see('sessions.login', 'ok', guest);
  see('sessions.login', 'sessions.wrong_credentials', guest);
  see('hub.check', 'ok');
  see('hub.check', 'auth.forbidden');
  see('offers.make', 'limit.rate');
  see('offers.make', 'auth.suspended');
  for (const everyday of ['ok', 'offers.stale', 'input.invalid', 'auth.required']) see('offers.make', everyday);
  expect(lines().map(({ level, security, outcome }) => [level, security, outcome])).toEqual([
    [30, 'account', 'ok'],
    [40, 'account', 'sessions.wrong_credentials'],
    [30, 'staff', 'ok'],
    [40, 'refused', 'auth.forbidden'],
    [40, 'refused', 'limit.rate'],
    [40, 'refused', 'auth.suspended'],
  ]);
  const who = { by: asha.userId, ip: '203.0.113.7', request: 'r1', time: expect.stringMatching(/Z$/) };
  expect(lines().at(-1)).toMatchObject(who);
});

test('a flood of one refusal is ten lines in ten seconds, and hides no other one', () => {
  const { see, lines } = observed();
  for (let count = 0; count < 10_000; count += 1) see('offers.make', 'limit.rate');
  see('offers.make', 'auth.revoked');
  expect(lines()).toHaveLength(11);
});

test('refused tokens are told by their reason; expired ones are everyday', () => {
  const { log, text } = capture();
  const told = observeToken(log);
  const verdicts = ['auth.invalid', 'auth.expired', 'auth.revoked', asha] as const;
  expect(verdicts.map((verdict) => told(verdict))).toEqual(verdicts);
  expect(text().match(/"outcome":"[^"]+"/g)).toEqual(['"outcome":"auth.invalid"', '"outcome":"auth.revoked"']);
});

test('what a client wrote cannot end a line of the log, nor show a secret under a known name', () => {
  const { log, text } = capture();
  log.warn({ path: '/a\n{"level":60}', token: 'canary', user: { email: 'canary', password: 'canary' } }, 'x\r\ny');
  expect(
    text()
      .trimEnd()
      .split(/[\r\n]/),
  ).toHaveLength(1);
  expect(text()).not.toContain('canary');
});

test('sockets that a limit kept out are told by their address, once in a while', () => {
  const { log, text } = capture();
  const refused = observeHandshake(log);
  for (let times = 0; times < 50; times += 1) refused({ code: 'limit.rate', ip: '203.0.113.9' });
  for (const code of ['limit.sockets', 'server.draining', 'auth.expired']) refused({ code, ip: '203.0.113.9' });
  const lines = text()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(lines).toHaveLength(11);
  expect(lines[0]).toMatchObject({ security: 'refused', outcome: 'limit.rate', ip: '203.0.113.9' });
});

test('a failed sign-in names the account in the log, and not to the caller', async () => {
  const { id, email } = await signUp(market);
  const seen: Observation[] = [];
  market.observer.see = (observation) => void seen.push(observation);
  const reply = await market.call(null, 'sessions.login', { identifier: email, password: 'a wrong horse' });
  const unknown = await market.call(null, 'sessions.login', { identifier: 'nobody_at_all', password: 'a wrong horse' });
  market.observer.see = () => {};
  expect(seen.map(({ outcome, about }) => [outcome, about])).toEqual([
    ['sessions.wrong_credentials', [id]],
    ['sessions.wrong_credentials', []],
  ]);
  expect(JSON.stringify(reply)).not.toContain(id);
  expect(Object.keys(reply)).toEqual(Object.keys(unknown));
  const { see, lines } = observed();
  see('sessions.login', 'sessions.wrong_credentials', guest, [asha.userId]);
  see('sessions.login', 'sessions.wrong_credentials', guest);
  expect(lines().map(({ accounts }) => accounts)).toEqual([[asha.userId], undefined]);
});
