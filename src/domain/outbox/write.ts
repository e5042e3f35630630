import { ar } from './texts/ar.ts';
import { en } from './texts/en.ts';
import { es } from './texts/es.ts';
import { ru } from './texts/ru.ts';
import { sw } from './texts/sw.ts';
import type { Locale, TemplateKey } from './templates.ts';
import { wordingOf, type Entry, type Texts } from './wording.ts';

/** A message in words. Plain text; whoever puts it into HTML escapes it. */
export interface Written {
  readonly title: string;
  readonly body: string;
  readonly sms: string;
  readonly locale: Locale;
}

export interface Writing {
  readonly locale: Locale;
  readonly timezone: string;
  readonly template: string;
  readonly params: Readonly<Record<string, string | number>>;
}

const catalogue: Readonly<Record<Locale, Texts>> = { en, es, ar, ru, sw };
export const titleCharsMax = 200;
const bodyCharsMax = 4_000;

/** Throws where the template is unknown or a parameter is missing. */
export function write({ locale, timezone, template, params }: Writing): Written {
  const texts = catalogue[locale] ?? catalogue.en;
  if (!isTemplate(template)) throw new Error('unknown template');
  // The stored form forgets which parameters belong to the key; a missing one throws when it is written.
  const [title, body, sms = body] = texts[template] as Entry<object>;
  const wording = wordingOf(locale, timezone);
  const say = (text: typeof title) => {
    const said = typeof text === 'string' ? text : text(params, wording);
    return typeof said === 'string' ? said : said.join(' ').replaceAll('\n ', '\n').trim();
  };
  return {
    locale,
    // A subject is one line: what is between lines must not become a header of its own.
    title: say(title).replaceAll(/\s+/g, ' ').trim().slice(0, titleCharsMax),
    body: say(body).slice(0, bodyCharsMax),
    sms: say(sms).slice(0, bodyCharsMax),
  };
}

function isTemplate(key: string): key is TemplateKey {
  return Object.hasOwn(catalogue.en, key);
}
