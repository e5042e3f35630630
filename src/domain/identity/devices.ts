import Bowser from 'bowser';

export interface Device {
  /** For people: `Chrome on Android`. */
  readonly name: string | null;
  readonly platform: string | null;
}

const charsMax = 512;
const nameMax = 60;

/** What a user agent says it is. It may say anything: good for telling sessions apart, not for deciding. */
export function deviceOf(userAgent: string | undefined): Device {
  const text = userAgent?.slice(0, charsMax).trim();
  if (!text) return { name: null, platform: null };
  const { browser, os, platform } = Bowser.parse(text);
  const program = browser.name || (/^[\w.-]+/.exec(text)?.[0] ?? null);
  const name = [program, os.name].filter(Boolean).join(' on ').slice(0, nameMax);
  return { name: name || null, platform: platform.type ?? os.name?.toLowerCase() ?? null };
}
