import { assert } from '../kernel/errors.ts';
import { currencyDigits, type Currency } from '../kernel/money.ts';
import type { Locale, TemplateKey, TemplateParams } from './templates.ts';

/** Swahili rules come from Tanzania and Kenya alike; Arabic keeps the digits that prices are shown in. */
const tags: Record<Locale, string> = { en: 'en-GB', es: 'es', ar: 'ar-u-nu-latn', ru: 'ru', sw: 'sw' };

type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;

/** Writes values in one language and time zone. Each throws on a value that is missing. */
export interface Wording {
  /** Somebody's words. In a right-to-left language they are isolated, so that they cannot reorder the text around. */
  text(value: string): string;
  /** A code or a link: nothing is added that would be copied with it. */
  exact(value: string): string;
  number(value: number): string;
  money(amountMinor: number, currency: Currency): string;
  /** Date and time. */
  moment(iso: string): string;
  /** A date without a time, such as 2026-03-01. */
  day(date: string): string;
  /** The form for this count (CLDR), with `#` for the number. */
  plural(count: number, forms: Forms): string;
  /** ` Label: reason`, or nothing without a reason. */
  because(label: string, reason: string | undefined): string;
}

/** A text of fixed words, or made of what it needs; several sentences are joined by spaces. */
type Text<Params> = string | ((params: Params, wording: Wording) => string | readonly string[]);

/** Title (the subject of an e-mail), body, and what an SMS says where that is not the body. */
export type Entry<Params> = readonly [title: Text<Params>, body: Text<Params>, sms?: Text<Params>];

/** All texts of a language: leaving one out does not compile. */
export type Texts = { readonly [Key in TemplateKey]: Entry<TemplateParams[Key]> };

export function wordingOf(locale: Locale, timezone: string): Wording {
  const tag = tags[locale];
  const numbers = new Intl.NumberFormat(tag);
  const plurals = new Intl.PluralRules(tag);
  const text = (value: string) => {
    const words = given(value)
      .replaceAll(/[\p{Cc}\p{Bidi_Control}]+/gu, ' ')
      .trim();
    return locale === 'ar' ? `\u2068${words}\u2069` : words;
  };
  return {
    text,
    exact: given,
    number: (value) => numbers.format(given(value)),
    money(amountMinor, currency) {
      const digits = currencyDigits[currency];
      assert(digits !== undefined, `${currency} is a currency of the market`);
      return new Intl.NumberFormat(tag, { style: 'currency', currency }).format(given(amountMinor) / 10 ** digits);
    },
    moment(iso) {
      const style = { dateStyle: 'medium', timeStyle: 'short', timeZone: timezone } as const;
      return new Intl.DateTimeFormat(tag, style).format(new Date(given(iso)));
    },
    day: (date) => new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(given(date))),
    plural(count, forms) {
      return (forms[plurals.select(given(count))] ?? forms.other).replaceAll('#', numbers.format(count));
    },
    because: (label, reason) => (reason === undefined || reason === '' ? '' : ` ${label}: ${text(reason)}`),
  };
}

/** Params of stored notices are not typed any more. */
function given<Value>(value: Value): Value {
  if (value === undefined || value === null) throw new Error('a parameter is missing');
  return value;
}
