import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../../src/domain/registry.ts';
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

describe.each([...operations.values()])('$name', ({ name, input: schema }) => {
  const own = cases.operations[name];

  test.runIf(own)(
    'refuses every kind of bad input, changes nothing by it, and still answers the good call',
    async () => {
      if (!own) throw new Error('no case');
      const { as, input, meta = {} } = await own.success(market);
      const actor = as === null ? guest : 'actor' in as ? as.actor : as;
      const by = { actor, meta: { requestId: 'bad-input', ip: '203.0.113.7', ...meta } };
      const before = await fingerprint(market.database);
      const accepted: string[] = [];
      for (const bad of badInputs(schema, input)) {
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
});
