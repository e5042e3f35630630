import { dictionary } from '@zxcvbn-ts/language-common';
import { z } from 'zod';
import { canonical } from './addresses.ts';

const charsMin = 8;
const charsMax = 200;

/** Any characters, counted as code points; pasting and password managers work as they like. */
export const Password = z
  .string()
  // A bound in UTF-16 units for those who only read the schema; a character has at most two.
  .max(charsMax * 2)
  .refine((text) => {
    const { length } = [...text.normalize('NFKC')];
    return length >= charsMin && length <= charsMax;
  }, `expected ${charsMin} to ${charsMax} characters`);

export type PasswordRefusal = 'passwords.too_common' | 'passwords.personal';

/** Words that everybody tries here first. */
const ownWords = new Set(['soko', 'marketplace']);
let common: Set<string> | undefined;

/** Made at the first use: some 25,000 of those 49,000 are long enough to be allowed at all. */
function commonPasswords(): Set<string> {
  common ??= new Set(
    (dictionary['passwords-common'] as readonly string[]).filter((text) => text.length >= charsMin).map(canonical),
  );
  return common;
}

/** Why a person may not have a password: others try it first, or it is what everybody knows of them. */
export function passwordRefusal(
  password: string,
  whose: { readonly [field in 'email' | 'phone' | 'username' | 'fullName']?: string | null | undefined },
): PasswordRefusal | null {
  const text = canonical(password);
  const bare = text.replaceAll(/[\d\W_]+$/g, '');
  if (commonPasswords().has(text) || ownWords.has(bare) || /^(.)\1*$/u.test(text)) return 'passwords.too_common';
  const { email, phone, username, fullName } = whose;
  const known = [email, email?.split('@')[0], phone, phone?.slice(1), username, fullName];
  return known.some((word) => word && canonical(word) === text) ? 'passwords.personal' : null;
}
