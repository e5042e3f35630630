import { expect, test } from 'vitest';
import { newScanCode, readScanCode, spellScanCode } from '../../src/domain/shipments/scan-code.ts';

test('a code is read however it is typed, and in its one spelling', () => {
  for (let round = 0; round < 200; round += 1) {
    const code = newScanCode();
    expect(readScanCode(code)).toBe(code);
    expect(readScanCode(` ${spellScanCode(code).toLowerCase()} `)).toBe(code);
    const misread = code.replaceAll('0', 'o').replaceAll('1', 'l');
    expect(readScanCode(misread)).toBe(code);
  }
});

test('the check symbol finds every wrong digit and every pair that was swapped', () => {
  const alphabet = [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'];
  const code = newScanCode();
  const spots = Array.from({ length: 12 }, (_, at) => ({ at, digit: code[at], next: code[at + 1] }));
  const wrong = spots.flatMap(({ digit, at }) =>
    alphabet.filter((other) => other !== digit).map((other) => code.slice(0, at) + other + code.slice(at + 1)),
  );
  const swapped = spots
    .filter(({ digit, at, next }) => at < 11 && digit !== next)
    .map(({ digit, at, next }) => `${code.slice(0, at)}${next}${digit}${code.slice(at + 2)}`);
  expect(wrong).toHaveLength(12 * 31);
  expect([...wrong, ...swapped].filter((given) => readScanCode(given) !== null)).toEqual([]);
});

test('what is no code is none', () => {
  for (const given of ['', '-', '0', '0'.repeat(12), '0'.repeat(14), 'U'.repeat(13), '!'.repeat(13)]) {
    expect(readScanCode(given)).toBeNull();
  }
  expect(readScanCode('0'.repeat(13))).toBe('0'.repeat(13));
});
