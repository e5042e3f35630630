import { expect, test } from 'vitest';
import { z } from 'zod';
import { cutPage, decodeCursor, encodeCursor } from '../../src/domain/kernel/index.ts';

const key = z.tuple([z.number(), z.string()]);

test('a cursor reads back as the key it was made of', () => {
  expect(decodeCursor(encodeCursor([5, 'ü"']), key)).toEqual([5, 'ü"']);
  expect(decodeCursor(undefined, key)).toBeNull();
});

test.each(['', 'nonsense', encodeCursor(['5', 'x']), encodeCursor([5]), 'e30'])(
  'a forged cursor %j is bad input',
  (cursor) => {
    expect(() => decodeCursor(cursor, key)).toThrow('input.invalid');
  },
);

test('the page ends where there is no further row', () => {
  const map = { item: (row: number) => row * 10, key: (row: number) => [row] };
  expect(cutPage([1, 2, 3], 2, map)).toEqual({ items: [10, 20], nextCursor: encodeCursor([2]) });
  expect(cutPage([1, 2], 2, map)).toEqual({ items: [10, 20], nextCursor: null });
  expect(cutPage([], 2, map)).toEqual({ items: [], nextCursor: null });
});
