import { createHash } from 'node:crypto';
import { canonical } from './addresses.ts';
import type { Account } from './entities.ts';
import { keyedHash } from './keyed-hash.ts';
import type { IdentityKeys } from './settings.ts';

/** How a client names an address without telling it: SHA-256 in hex of the address in lower case. */
export function emailHash(email: string): string {
  return createHash('sha256').update(canonical(email)).digest('hex');
}

/** What is compared on our side. Keyed, so that a stolen table cannot be tried against lists of addresses. */
export function contactKey(keys: IdentityKeys, hash: string): string {
  return keyedHash(keys.contacts, hash);
}

/** Keeps the key right after a change of address, proof or consent: only who proved and agreed is found. */
export function settleContactKey(account: Account, keys: IdentityKeys): void {
  const { email, emailVerifiedAt, discoverable } = account;
  account.contactKey = email && emailVerifiedAt && discoverable ? contactKey(keys, emailHash(email)) : null;
}
