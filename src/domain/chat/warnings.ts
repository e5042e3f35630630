import { LinkifyIt } from 'linkify-it';

/**
 * What a message holds that people are cheated with: links, and ways to talk and pay elsewhere. It is a hint to the
 * reader, never a refusal; the same for both sides, so that a sender may see how it looks.
 */
export const messageWarnings = ['link', 'phone', 'email', 'payment'] as const;
export type MessageWarning = (typeof messageWarnings)[number];

/** Compatibility forms may grow a text; what is beyond this is not looked at. */
const lookedAtChars = 5_000;

const links = new LinkifyIt().set({ fuzzyLink: true, fuzzyIP: true, fuzzyEmail: false });

// Every repetition is bounded, so that no text makes a search take more than its length times a constant.
const invisible = /[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2064\uFEFF]|\uFE0F|\u20E3/g;
const foreignDigit = /(?![0-9])\p{Nd}/gu;
const digitRun = /(?<![\p{L}\d])(?:\+\s?)?\(?\d(?:[\s().\-/]{0,3}\d){6,18}(?!\d)/gu;
const spelledDigits = /(?:\b(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\b[\s,.-]{0,3}){7,15}/i;
const groupedNumber = /^\d{1,3}(?:[ .]\d{3}){1,6}$/;
const date = /\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}/;
const sign = String.raw`(?:@|[([{]\s?at\s?[)\]}])`;
const point = String.raw`(?:\.|[([{]\s?dot\s?[)\]}]|\bdot\b)`;
const writtenAddresses = [
  new RegExp(
    String.raw`[\p{L}\d._%+-]{1,64}\s{0,2}${sign}\s{0,2}[\p{L}\d-]{1,63}\s{0,2}${point}\s{0,2}\p{L}{2,}`,
    'iu',
  ),
  /[\p{L}\d._%+-]{1,64}\sat\s[\p{L}\d-]{1,63}\sdot\s\p{L}{2,}/iu,
  /[\p{L}\d._%+-]{1,64}\sat\s(?:gmail|yahoo|hotmail|outlook|icloud|yandex|proton)\b/iu,
];
const payments = [
  /\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?\b/,
  /\b(?:bc1[a-z0-9]{25,60}|0x[a-fA-F0-9]{40}|T[1-9A-HJ-NP-Za-km-z]{33})\b/,
  new RegExp(
    String.raw`\b(?:western\s?union|money\s?gram|pay\s?pal|cash\s?app|venmo|zelle|revolut|m-?pesa|pay\s?bill|` +
      String.raw`till\s?number|bitcoin|btc|usdt|crypto|gift\s?cards?|(?:bank|wire)\s?transfer|iban|swift\s?code)\b`,
    'i',
  ),
];

/** What to warn of, each kind once, in the order of `messageWarnings`. */
export function warningsOf(text: string | null): MessageWarning[] {
  if (text === null) return [];
  const plain = plainForm(text);
  const found = new Set<MessageWarning>();
  for (const { schema } of links.match(plain) ?? []) found.add(schema === 'mailto:' ? 'email' : 'link');
  for (const [run] of plain.matchAll(digitRun)) {
    if (isCardNumber(run)) found.add('payment');
    else if (isPhoneNumber(run)) found.add('phone');
  }
  if (spelledDigits.test(plain)) found.add('phone');
  if (writtenAddresses.some((pattern) => pattern.test(plain))) found.add('email');
  if (payments.some((pattern) => pattern.test(plain))) found.add('payment');
  return messageWarnings.filter((warning) => found.has(warning));
}

/** Without what only hides: full-width and other digits, letters in other forms, characters that cannot be seen. */
function plainForm(text: string): string {
  const composed = text.normalize('NFKC').slice(0, lookedAtChars);
  return composed.replace(invisible, '').replace(foreignDigit, (digit) => String(digitValue(digit.codePointAt(0)!)));
}

/** Scripts write their ten digits in a row, from a code point that ends in 0 or in 6. */
function digitValue(codePoint: number): number {
  const last = codePoint & 0xf;
  const startsAtZero = /\p{Nd}/u.test(String.fromCodePoint(codePoint - last));
  return startsAtZero ? last : last - 6;
}

function isPhoneNumber(run: string): boolean {
  const digits = run.replaceAll(/\D/g, '');
  if (digits.length > 15 || groupedNumber.test(run) || date.test(run)) return false;
  return /^[+(0]/.test(run) ? digits.length >= 7 : digits.length >= 9;
}

/** By its length and its check digit (Luhn). */
function isCardNumber(run: string): boolean {
  const digits = run.replaceAll(/\D/g, '');
  if (digits.length < 15 || run.startsWith('+')) return false;
  const sum = [...digits].toReversed().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
