import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHarness, guest, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { loadCases } from './load-cases.ts';

const runsPerOperation = 30;
const cases = await loadCases();

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** Times that ISO 8601 writes and PostgreSQL, or its driver, may not take. */
const farMoments = [
  '0000-01-01T00:00:00.000Z',
  '0001-01-01T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
  '+275760-09-13T00:00:00.000Z',
  '-271821-04-20T00:00:00.000Z',
  '2024-02-30T00:00:00.000Z',
  '2016-12-31T23:59:60.000Z',
  'infinity',
  'epoch',
];
/** Keys of the shapes that lists page by, with values from beyond their types. */
const forged = fc
  .tuple(
    fc.oneof(fc.constantFrom(...farMoments, '9'.repeat(15), '0.5', '-1', 2 ** 53, null, {}), fc.string()),
    fc.uuid(),
  )
  .map(encode);
const cursor = fc.oneof(
  forged,
  fc.json({ maxDepth: 2 }).map((json) => Buffer.from(json).toString('base64url')),
);
const moment = fc
  .date({ noInvalidDate: false })
  .map((date) => (Number.isNaN(date.getTime()) ? 'Invalid Date' : date.toISOString()));
const hostile = fc.oneof(
  fc.uuid(),
  cursor,
  moment,
  fc.boolean(),
  fc.constant(null),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    ' ',
    '%',
    '_',
    '\\',
    "'; drop table account; --",
    '<script>',
    '\u202e',
    '🦊'.repeat(50),
    'NaN',
    '-0',
    '::1',
    '\u0000',
    '\ud800',
    '\udc00\ud800',
    '__proto__',
    'constructor',
    '9007199254740993',
    '1n',
    '${jndi:ldap://x}',
    '%00%0d%0a',
    '../../etc/passwd',
    'javascript:alert(1)',
    ...farMoments,
  ),
  fc.constantFrom(...strangeObjects()),
  fc.constant(Array.from({ length: 100_000 }, () => 0)),
  fc.constantFrom(
    0,
    -0,
    -1,
    1,
    0.1,
    2 ** 31,
    -(2 ** 31) - 1,
    2 ** 53 - 1,
    -(2 ** 53) + 1,
    1e21,
    1e308,
    180,
    90,
    1e-320,
  ),
  fc.array(fc.oneof(fc.uuid(), fc.string({ unit: 'binary' }), fc.integer()), { maxLength: 120 }),
  fc.object({ maxDepth: 3, withNullPrototype: true }),
  fc.constant({ lat: 90, lon: 180 }),
  fc.constant({ lat: -90, lon: -180 }),
  fc.constant({ lat: 0, lon: 1e-300 }),
  deep(10_000),
);

/** Objects with keys that mean something to JavaScript, or that are no sensible name. */
function strangeObjects(): unknown[] {
  return [
    '{"__proto__":{"isAdmin":true,"roles":["admin"]}}',
    '{"constructor":{"prototype":{"isAdmin":true}}}',
    '{"toString":null,"valueOf":1,"hasOwnProperty":false}',
    '{"toJSON":"x","then":"x","length":-1}',
    '{"$ne":null,"$gt":"","$where":"1"}',
    '{"a.b":1,"[0]":1,"":1,"\\u0000":1}',
    `{"${'k'.repeat(50_000)}":1}`,
    '{"lat":1e400,"lon":-1e400}',
    '{"_placeholder":true,"num":0}',
  ].map((text) => JSON.parse(text) as unknown);
}

/** Lists within lists, deeper than a recursive parser likes. */
function deep(levels: number): fc.Arbitrary<unknown> {
  return fc.constant(null).map(() => {
    let value: unknown = 'x';
    for (let level = 0; level < levels; level += 1) value = [value];
    return value;
  });
}

const fieldsOf = (schema: unknown) => Object.keys((schema as { shape?: object }).shape ?? {});
// Operations of the system are called by our own code alone.
const reachable = cases.cased
  .filter(({ operation }) => operation.access !== 'system')
  .map(({ name, own, operation }) => ({ name, own, fields: fieldsOf(operation.input) }))
  .filter(({ fields }) => fields.length > 0);

test.each(reachable)('$name never breaks on hostile values', async ({ name, own, fields }) => {
  const { as, input, meta = {} } = await own.success(market);
  const actor = as === null ? guest : 'actor' in as ? as.actor : as;
  const by = { actor, meta: { requestId: 'fuzz', ip: '203.0.113.7', ...meta } };
  const changes = fc.dictionary(fc.constantFrom(...fields), hostile, { minKeys: 1, maxKeys: 3 });
  const survives = fc.asyncProperty(changes, async (changed) => {
    const reply = await market.execute(name, { ...input, ...changed }, by);
    expect(['internal', 'server.unavailable']).not.toContain(reply.ok ? 'ok' : reply.error.code);
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
  });
  await fc.assert(survives, { numRuns: runsPerOperation });
});
