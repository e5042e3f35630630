import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { areas, errors, operations } from '../../src/domain/registry.ts';
import { universalErrors } from '../../src/domain/kernel/index.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import type { Call } from './cases.ts';
import { fingerprint } from './fingerprint.ts';
import { loadCases } from './load-cases.ts';

const cases = await loadCases();
const declared = Object.keys(errors).filter((code) => !(code in universalErrors));

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

const send = (name: string, { as, input, meta }: Call) => market.call(as, name, input, meta);

async function changesNothing<T>(work: () => Promise<T>): Promise<T> {
  const before = await fingerprint(market.database);
  const result = await work();
  expect(await fingerprint(market.database)).toEqual(before);
  return result;
}

test('every operation has a case, and every case an operation', () => {
  expect(Object.keys(cases.operations).toSorted()).toEqual([...operations.keys()].toSorted());
});

test('every declared error has a case, an operation that declares it, and an area of its own', () => {
  expect(Object.keys(cases.errors).toSorted()).toEqual(declared.toSorted());
  const used = new Set([...operations.values()].flatMap((operation) => operation.errors));
  expect(declared.filter((code) => !used.has(code))).toEqual([]);
  const owners = areas.flatMap((area) => Object.keys(area.errors));
  expect(owners.filter((code, index) => owners.indexOf(code) !== index)).toEqual([]);
});

describe.each([...operations.values()])('$name', ({ name, access, kind }) => {
  const own = cases.operations[name];

  test('answers a good call', async ({ skip }) => {
    if (!own) return skip('no case');
    expect(await send(name, await own.success(market))).toMatchObject({ ok: true });
  });

  test.runIf(access !== 'guest')('refuses a guest', async ({ skip }) => {
    if (!own) return skip('no case');
    const { input, meta } = await own.success(market);
    const reply = await changesNothing(() => send(name, { as: null, input, ...(meta && { meta }) }));
    expect(reply).toMatchObject({
      ok: false,
      error: { code: access === 'system' ? 'command.unknown' : 'auth.required' },
    });
  });

  test.runIf(!['guest', 'user'].includes(access))('refuses people without the role', async ({ skip }) => {
    if (!own) return skip('no case');
    const call = { ...(await own.success(market)), as: await market.user() };
    const reply = await changesNothing(() => send(name, call));
    expect(reply).toMatchObject({
      ok: false,
      error: { code: access === 'system' ? 'command.unknown' : 'auth.forbidden' },
    });
  });

  test.runIf(own?.wrongActor)('refuses people whom it does not concern', async () => {
    const call = await own?.wrongActor?.(market);
    if (!call) throw new Error('no call');
    const reply = await changesNothing(() => send(name, call));
    expect(reply).toMatchObject({ ok: false, error: { code: call.error } });
  });

  test.runIf(kind === 'command' && access === 'user')(
    'does its work once for one idempotency key',
    async ({ skip }) => {
      if (!own) return skip('no case');
      const call = await own.success(market);
      const keyed = { ...call, input: { ...call.input, idempotencyKey: crypto.randomUUID() } };
      const first = await send(name, keyed);
      expect(first).toMatchObject({ ok: true });
      expect(await changesNothing(() => send(name, keyed))).toEqual(first);
    },
  );
});

describe.each(declared)('%s', (code) => {
  test('is what the pipeline answers in its case', async ({ skip }) => {
    const build = cases.errors[code];
    if (!build) return skip('no case');
    const call = await build(market);
    expect(operations.get(call.name)?.errors).toContain(code);
    expect(await send(call.name, call)).toMatchObject({ ok: false, error: { code } });
  });
});
