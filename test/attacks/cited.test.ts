import { expect, test } from 'vitest';
import { citedIn, italicsIn, missingOf, pageOf } from '../support/cited-tests.ts';

const page = pageOf('MONEY.md');
const [, rest = ''] = page.split('## The fifteen attacks');
const [attacks = ''] = rest.split(' ## ');

test('every test that docs/MONEY.md names is there, and every name in italics is a test’s', () => {
  const cited = citedIn(attacks);
  expect(missingOf(cited)).toEqual([]);
  expect(italicsIn(attacks)).toBe(cited.flatMap(({ begins }) => begins).length);
});

test('each of the fifteen attacks has a proof', () => {
  const rows = [...attacks.matchAll(/\| (\d+) \|([^|]*)\|([^|]*)\|/g)];
  expect(rows.map(([, number]) => Number(number))).toEqual(Array.from({ length: 15 }, (_, index) => index + 1));
  for (const [, number, , proofs = ''] of rows) expect([number, citedIn(proofs).length > 0]).toEqual([number, true]);
});
