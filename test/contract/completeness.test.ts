import { afterAll, beforeAll, expect, test } from 'vitest';
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

const notFor = (...levels: string[]) => cases.cased.filter(({ operation }) => !levels.includes(operation.access));

test.each(cases.cased)('$name answers a good call', async ({ name, own }) => {
  expect(await send(name, await own.success(market))).toMatchObject({ ok: true });
});

test.each(notFor('guest'))('$name refuses a guest', async ({ name, own, operation: { access } }) => {
  const { input, meta } = await own.success(market);
  const reply = await changesNothing(() => send(name, { as: null, input, ...(meta && { meta }) }));
  const code = access === 'system' ? 'command.unknown' : 'auth.required';
  expect(reply).toMatchObject({ ok: false, error: { code } });
});

test.each(notFor('guest', 'user'))('$name refuses people without the role', async ({ name, own, operation }) => {
  const call = { ...(await own.success(market)), as: await market.user() };
  const reply = await changesNothing(() => send(name, call));
  const code = operation.access === 'system' ? 'command.unknown' : 'auth.forbidden';
  expect(reply).toMatchObject({ ok: false, error: { code } });
});

const othersExist = cases.cased.flatMap(({ name, own: { wrongActor } }) => (wrongActor ? [{ name, wrongActor }] : []));

test.each(othersExist)('$name refuses people whom it does not concern', async ({ name, wrongActor }) => {
  const call = await wrongActor(market);
  const reply = await changesNothing(() => send(name, call));
  expect(reply).toMatchObject({ ok: false, error: { code: call.error } });
});

const commands = cases.cased.filter(({ operation: { kind, access } }) => kind === 'command' && access === 'user');

test.each(commands)('$name does its work once for one idempotency key', async ({ name, own }) => {
  const call = await own.success(market);
  const keyed = { ...call, input: { ...call.input, idempotencyKey: crypto.randomUUID() } };
  const first = await send(name, keyed);
  expect(first).toMatchObject({ ok: true });
  expect(await changesNothing(() => send(name, keyed))).toEqual(first);
});

test.each(Object.entries(cases.errors))('%s is what the pipeline answers in its case', async (code, build) => {
  const call = await build(market);
  expect(operations.get(call.name)?.errors).toContain(code);
  expect(await send(call.name, call)).toMatchObject({ ok: false, error: { code } });
});
