import { createHmac, timingSafeEqual } from 'node:crypto';

/** HMAC-SHA256 of the parts, which are told apart. What is easily guessed is only ever stored like this. */
export function keyedHash(key: Buffer, ...parts: readonly string[]): string {
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');
}

/** Whether two hashes are equal, in a time that does not tell where they differ. */
export function hashesEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
