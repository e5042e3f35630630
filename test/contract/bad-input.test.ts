import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHarness, guest, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { badInputs } from './bad-input.ts';
import { fingerprint } from './fingerprint.ts';
import { loadCases } from './load-cases.ts';

const cases = await loadCases();

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

test.each(cases.cased)(
  '$name refuses bad input, unchanged by it, and then takes the good',
  async ({ name, operation, own }) => {
    const { as, input, meta = {} } = await own.success(market);
    const actor = as === null ? guest : 'actor' in as ? as.actor : as;
    const by = { actor, meta: { requestId: 'bad-input', ip: '203.0.113.7', ...meta } };
    const before = await fingerprint(market.database);
    const accepted: string[] = [];
    for (const bad of badInputs(operation.input, input)) {
      const reply = await market.execute(name, bad.input, by);
      const code = reply.ok ? 'ok' : reply.error.code;
      const isObject = typeof bad.input === 'object' && bad.input !== null && !Array.isArray(bad.input);
      if (code !== (isObject ? 'input.invalid' : 'frame.malformed')) accepted.push(`${bad.why}: ${code}`);
    }
    expect(accepted).toEqual([]);
    expect(await fingerprint(market.database)).toEqual(before);
    expect(await market.execute(name, input, by)).toMatchObject({ ok: true });
  },
);
