import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../../src/domain/registry.ts';
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

const cursor = fc.json({ maxDepth: 2 }).map((json) => Buffer.from(json).toString('base64url'));
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
  ),
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
  deep(5_000),
);

/** Lists within lists, deeper than a recursive parser likes. */
function deep(levels: number): fc.Arbitrary<unknown> {
  return fc.constant(null).map(() => {
    let value: unknown = 'x';
    for (let level = 0; level < levels; level += 1) value = [value];
    return value;
  });
}

// Operations of the system are called by our own code alone.
const reachable = [...operations.values()].filter(({ access }) => access !== 'system');

describe.each(reachable)('$name', ({ name, input: schema }) => {
  const own = cases.operations[name];
  const fields = Object.keys((schema as unknown as { shape?: object }).shape ?? {});

  test.runIf(own && fields.length > 0)('never breaks on hostile values', async () => {
    if (!own) throw new Error('no case');
    const { as, input, meta = {} } = await own.success(market);
    const actor = as === null ? guest : 'actor' in as ? as.actor : as;
    const by = { actor, meta: { requestId: 'fuzz', ip: '203.0.113.7', ...meta } };
    const changes = fc.dictionary(fc.constantFrom(...fields), hostile, { minKeys: 1, maxKeys: 3 });
    await fc.assert(
      fc.asyncProperty(changes, async (changed) => {
        const reply = await market.execute(name, { ...input, ...changed }, by);
        expect(['internal', 'server.unavailable']).not.toContain(reply.ok ? 'ok' : reply.error.code);
      }),
      { numRuns: runsPerOperation },
    );
  });
});
