import { expect, test } from 'vitest';
import { citedIn, italicsIn, missingOf, pageOf } from '../support/cited-tests.ts';

const page = pageOf('SECURITY.md');
const cited = citedIn(page);

test('every test that docs/SECURITY.md names is there', () => {
  expect(cited.length).toBeGreaterThan(80);
  expect(cited.flatMap(({ begins }) => begins).length).toBeGreaterThan(70);
  expect(missingOf(cited)).toEqual([]);
});

test('every name in italics is that of a test whose file stands before it', () => {
  expect(italicsIn(page)).toBe(cited.flatMap(({ begins }) => begins).length);
});
