import { createHash, createHmac, createPublicKey, timingSafeEqual, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Bot, TelegramSettings } from './settings.ts';

/** Telegram sends one or two thousand characters. */
const initDataMaxChars = 8_192;
export const InitData = z.string().min(1).max(initDataMaxChars).describe('`Telegram.WebApp.initData`, as it is.');
/** How far Telegram's clock may be ahead of ours. */
const futureSkewMs = 30_000;

const User = z.object({
  /** Telegram promises at most 52 significant bits. */
  id: z.int().min(1),
  is_bot: z.literal(false).optional(),
  first_name: z.string().max(1_000),
  last_name: z.string().max(1_000).optional(),
  username: z.string().max(100).optional(),
  language_code: z.string().max(35).optional(),
});
export type TelegramUser = z.output<typeof User>;

export interface VerifiedInitData {
  readonly user: TelegramUser;
  readonly signedAt: Date;
  /** Names what was signed: the same for every way of writing it, so that a replay is known. */
  readonly fingerprint: string;
}

/**
 * Checks the initData of a Mini App: that Telegram signed it for our bot, not long ago. Null for what does not hold.
 * Never throws.
 *
 * @see https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app
 */
export function verifyInitData(
  initData: string,
  { bot, initDataTtlMs, now }: { bot: Bot; initDataTtlMs: TelegramSettings['initDataTtlMs']; now: Date },
): VerifiedInitData | null {
  const fields = initData.length <= initDataMaxChars ? readFields(initData) : null;
  const signed = fields && ('token' in bot ? signedByBot(fields, bot.token) : signedByTelegram(fields, bot));
  if (!fields || signed === null) return null;
  const signedAtMs = readSeconds(fields.get('auth_date')) * 1000;
  const ageMs = now.getTime() - signedAtMs;
  // Written so that what is not a number does not pass.
  if (!(ageMs <= initDataTtlMs && ageMs >= -futureSkewMs)) return null;
  const user = readUser(fields.get('user'));
  if (!user) return null;
  return { user, signedAt: new Date(signedAtMs), fingerprint: createHash('sha256').update(signed).digest('base64url') };
}

type Fields = ReadonlyMap<string, string>;

/**
 * The decoded fields; null where two readers could understand different things: a field given twice, or a line end,
 * which separates fields in what is signed.
 */
function readFields(initData: string): Fields | null {
  const pairs = [...new URLSearchParams(initData)];
  const fields = new Map(pairs);
  const isPlain = pairs.every(([key, value]) => /^[a-z\d_]{1,64}$/.test(key) && !/[\r\n]/.test(value));
  return isPlain && fields.size === pairs.length ? fields : null;
}

/** What is signed: fields in the order of their names, a line each. */
function checkString(fields: Fields, without: readonly string[]): string {
  const pairs = [...fields].filter(([key]) => !without.includes(key));
  return pairs
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join('\n');
}

/** With the bot's token: HMAC-SHA256 over everything but `hash`. Returns what was signed, or null. */
function signedByBot(fields: Fields, token: string): string | null {
  const hash = fields.get('hash') ?? '';
  if (!/^[\da-f]{64}$/.test(hash)) return null;
  const message = checkString(fields, ['hash']);
  const key = createHmac('sha256', 'WebAppData').update(token).digest();
  const expected = createHmac('sha256', key).update(message).digest();
  return timingSafeEqual(expected, Buffer.from(hash, 'hex')) ? message : null;
}

/** @see https://core.telegram.org/bots/webapps#validating-data-for-third-party-use */
const telegramKeys = {
  production: ed25519('e7bf03a2fa4602af4580703d88dda5bb59f32ed8b02a56c187fe7d34caed242d'),
  test: ed25519('40055058a4ee38156a06562e52eece92a771bcd8346a8c4615cb7376eddf72ec'),
};

/** Without the token: Telegram's own signature over everything but `hash` and itself. */
function signedByTelegram(fields: Fields, bot: Exclude<Bot, { token: string }>): string | null {
  const signature = fields.get('signature') ?? '';
  // 64 bytes in 86 characters, of which the last carries two bits.
  if (!/^[\w-]{85}[AQgw]$/.test(signature)) return null;
  const message = `${bot.botId}:WebAppData\n${checkString(fields, ['hash', 'signature'])}`;
  const key = bot.publicKey ?? telegramKeys[bot.environment];
  return verify(null, Buffer.from(message), key, Buffer.from(signature, 'base64url')) ? message : null;
}

function ed25519(hex: string): KeyObject {
  const x = Buffer.from(hex, 'hex').toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

function readSeconds(text = ''): number {
  return /^\d{1,11}$/.test(text) ? Number(text) : Number.NaN;
}

function readUser(text = ''): TelegramUser | null {
  try {
    return User.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
