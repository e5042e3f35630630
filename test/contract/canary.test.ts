import { sql, type RawBuilder } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operations } from '../../src/domain/registry.ts';
import type { Operation } from '../../src/domain/kernel/index.ts';
import { createHarness, guest, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import type { Call } from './cases.ts';
import { loadCases } from './load-cases.ts';

/**
 * Every text that a case sends carries a word of its own, and every test person has an address that names him. All
 * answers and all frames are then searched: what was meant for the people of one case must have reached nobody else.
 */
const cases = await loadCases();
const everyone = 'everyone';
const word = /canary[0-9a-f]{32}|person\d+-[0-9a-f-]{36}@example\.test/g;

/** Fields that are published, by operation and name; what is sent in any other one is for the people of the case. */
const published = new Set([
  'accounts.register.fullName',
  'users.update.bio',
  'users.update.fullName',
  'users.update.neighborhood',
  'listings.create.title',
  'listings.create.description',
  'listings.create.neighborhood',
  'listings.update.title',
  'listings.update.description',
  'streams.schedule.title',
  'streams.say.text',
  'categories.create.name',
  'categories.update.name',
  'brands.create.name',
  'brands.update.name',
  'hubs.create.name',
  'hubs.create.address',
  'hubs.update.name',
]);
/** Rooms for a team alone. Whom they admit is tested with each. */
const closedRooms = /^(shop|hub):/;
/** What is stored and may be told to the person in the second column alone, or to nobody. */
const secrets = [
  { where: 'account.password_hash', select: sql`select password_hash as value, null as owner from account` },
  { where: 'refresh_token.hash', select: sql`select hash as value, null as owner from refresh_token` },
  { where: 'one_time_code.code_hash', select: sql`select code_hash as value, null as owner from one_time_code` },
  { where: 'password_reset.token_hash', select: sql`select token_hash as value, null as owner from password_reset` },
  { where: 'device.push_token', select: sql`select push_token as value, null as owner from device` },
  { where: 'account.contact_key', select: sql`select contact_key as value, null as owner from account` },
  { where: 'stream.stream_key', select: sql`select stream_key as value, host_id as owner from stream` },
];

/** Fields whose value must stay as it is for the call to mean anything. */
const fixed = /password|token|code|identifier|cursor|initData|signature|body|^q$/i;

interface Planted {
  readonly where: string;
  readonly people: ReadonlySet<string>;
}

let market: Harness;
let people = new Set<string>();
const planted = new Map<string, Planted>();
/** What reached whom: an id, or `everyone`. */
const seen: { readonly by: string; readonly how: string; readonly text: string }[] = [];

beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

/** The market of one case: remembers who takes part in it. */
function watched(): Harness {
  return {
    ...market,
    async user(fields) {
      const user = await market.user(fields);
      people.add(user.id);
      return user;
    },
  };
}

function plant(operation: Operation, input: Record<string, unknown>): Record<string, unknown> {
  let marked = input;
  for (const [field, value] of Object.entries(input)) {
    if (typeof value !== 'string' || fixed.test(field)) continue;
    const canary = `canary${crypto.randomUUID().replaceAll('-', '')}`;
    const changed = { ...marked, [field]: `${value} ${canary}` };
    if (!operation.input.safeParse(changed).success) continue;
    marked = changed;
    const where = `${operation.name}.${field}`;
    if (!published.has(where)) planted.set(canary, { where, people });
  }
  return marked;
}

function collectFrames(): void {
  for (const { inbox, rooms, signals } of market.delivered.splice(0)) {
    for (const batch of inbox) seen.push({ by: batch.userId, how: 'inbox', text: JSON.stringify(batch.events) });
    const open = rooms.filter(({ room }) => !closedRooms.test(room));
    for (const event of open) seen.push({ by: everyone, how: event.room, text: JSON.stringify(event) });
    for (const { to, data } of signals) {
      const by = to.startsWith('user:') ? to.slice('user:'.length) : everyone;
      seen.push({ by, how: 'signal', text: JSON.stringify(data) });
    }
  }
}

async function send(operation: Operation, call: Call): Promise<void> {
  const reply = await market.call(call.as, operation.name, call.input, call.meta);
  const actor = call.as === null ? guest : 'actor' in call.as ? call.as.actor : call.as;
  // Jobs speak to nobody, and staff see what they have to judge.
  if (actor.kind === 'system' || (actor.kind === 'user' && actor.roles.length > 0)) return;
  const by = actor.kind === 'user' ? actor.userId : everyone;
  seen.push({ by, how: operation.name, text: JSON.stringify(reply) });
}

test('what is meant for one person is in no answer and no frame to another', async () => {
  for (const { operation, own } of cases.cased) {
    people = new Set();
    const call = await own.success(watched());
    const stranger: TestUser = await market.user();
    const marked = { ...call, input: plant(operation, call.input) };
    // First the strangers, who know every id: a call that goes through may use up what it is about.
    if (operation.kind === 'query') {
      await send(operation, { ...marked, as: stranger });
      await send(operation, { ...marked, as: null });
    }
    await send(operation, marked);
    collectFrames();
  }
  await lookAround();
  expect(planted.size).toBeGreaterThan(9);
  expect([...leaks(), ...(await toldSecrets())]).toEqual([]);
}, 600_000);

/** A stranger asks for everything that can be asked without knowing an id. */
async function lookAround(): Promise<void> {
  const stranger = await market.user();
  for (const operation of operations.values()) {
    if (operation.kind !== 'query' || !operation.input.safeParse({}).success) continue;
    await send(operation, { as: stranger, input: {} });
    await send(operation, { as: null, input: {} });
  }
}

function leaks(): string[] {
  return seen.flatMap(({ by, how, text }) =>
    [...new Set(text.match(word))].flatMap((found) => {
      const address = /^person\d+-(.{36})@/.exec(found)?.[1];
      const own = address === undefined ? planted.get(found) : { where: 'account.email', people: new Set([address]) };
      return own && !own.people.has(by) ? [`${own.where} in ${how} to ${by}`] : [];
    }),
  );
}

async function toldSecrets(): Promise<string[]> {
  const found = secrets.map(async ({ where, select }) => {
    const { rows } = await (select as RawBuilder<{ value: string | null; owner: string | null }>).execute(
      market.database.sql,
    );
    expect(rows.length, where).toBeGreaterThan(0);
    return rows.flatMap(({ value, owner }) => {
      if (value === null) return [];
      const told = seen.filter(({ by, text }) => by !== owner && text.includes(value));
      return told.map(({ by, how }) => `${where} in ${how} to ${by}`);
    });
  });
  return (await Promise.all(found)).flat();
}
