import { createHmac, timingSafeEqual } from 'node:crypto';

/** The header's name as HTTP servers hand it over. */
export const signatureHeader = 'soko-signature';
const toleranceSeconds = 300;
/** Clocks of two machines differ a little; a time further ahead is a forgery. */
const skewSeconds = 5;

/** `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.rawBody">`. */
export function sign(rawBody: string, { secret, atMs }: { secret: string; atMs: number }): string {
  const seconds = Math.floor(atMs / 1000);
  return `t=${seconds},v1=${digest(rawBody, { secret, seconds }).toString('hex')}`;
}

export function signatureFits(
  rawBody: string,
  { secret, header, nowMs }: { secret: string; header: string | undefined; nowMs: number },
): boolean {
  const [, time, hex] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header ?? '') ?? [];
  if (!time || !hex) return false;
  const ageSeconds = nowMs / 1000 - Number(time);
  if (ageSeconds > toleranceSeconds || ageSeconds < -skewSeconds) return false;
  return timingSafeEqual(Buffer.from(hex, 'hex'), digest(rawBody, { secret, seconds: Number(time) }));
}

function digest(rawBody: string, { secret, seconds }: { secret: string; seconds: number }): Buffer {
  return createHmac('sha256', secret).update(`${seconds}.${rawBody}`).digest();
}
