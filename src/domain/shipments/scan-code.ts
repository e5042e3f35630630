import { randomInt } from 'node:crypto';

/** Crockford's base 32: no I, L, O and U, so that what is read aloud or typed off a label is not mistaken. */
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Crockford's check symbols: the value modulo 37, a prime, finds each wrong digit and each pair that was swapped. */
const checks = `${digits}*~$=U`;
/** 60 bits. */
const length = 12;

export function newScanCode(): string {
  const code = Array.from({ length }, () => digits[randomInt(32)]).join('');
  return code + checkOf(code);
}

/** A code as it was typed or scanned, in its one spelling; null when the check symbol does not fit. */
export function readScanCode(given: string): string | null {
  const code = given.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll(/[IL]/g, '1').replaceAll('O', '0');
  const isWhole = code.length === length + 1 && !/[^0-9A-Z]|[ILOU]/.test(code.slice(0, length));
  return isWhole && code[length] === checkOf(code.slice(0, length)) ? code : null;
}

/** For people: groups of four, and the check symbol with the last. */
export function spellScanCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`;
}

function checkOf(code: string): string {
  let value = 0;
  for (const digit of code) value = (value * 32 + digits.indexOf(digit)) % 37;
  return checks[value]!;
}
