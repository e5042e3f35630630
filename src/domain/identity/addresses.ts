import { z } from 'zod';
import type { Db } from '../kernel/define.ts';
import { AccountEntity, type Account } from './entities.ts';

/** E.164. */
export const Phone = z.string().regex(/^\+[1-9]\d{6,14}$/, 'expected a number like +254712345678');
export const Email = z.email().max(254);
export const Username = z.string().regex(/^[a-zA-Z0-9_]{3,30}$/, 'expected 3 to 30 letters, digits or _');

export const addressKinds = ['email', 'phone'] as const;
export type AddressKind = (typeof addressKinds)[number];

/** Where a person is reached. */
export interface Address {
  readonly kind: AddressKind;
  readonly value: string;
}

/** Fields of a command that works on one address. */
export const addressInput = { email: Email.optional(), phone: Phone.optional() };

export const oneAddress = {
  check: ({ email, phone }: { email?: string | undefined; phone?: string | undefined }) =>
    (email === undefined) !== (phone === undefined),
  message: 'expected either email or phone',
};

export function addressOf({ email, phone }: { email?: string | undefined; phone?: string | undefined }): Address {
  return email === undefined ? { kind: 'phone', value: phone ?? '' } : { kind: 'email', value: email };
}

/** The same for every way to write one address; what hashes are made of. */
export function canonical(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase();
}

/** What an identifier can be: an address has a sign in it that usernames have not, so no two kinds are confused. */
export function kindOf(identifier: string): AddressKind | 'username' {
  if (identifier.includes('@')) return 'email';
  return identifier.startsWith('+') ? 'phone' : 'username';
}

/** Who proved that the address is theirs. */
export async function holderOf(db: Db, { kind, value }: Address): Promise<Account | null> {
  const proven = kind === 'email' ? { emailVerifiedAt: { $ne: null } } : { phoneVerifiedAt: { $ne: null } };
  return db.findOne(AccountEntity, { [kind]: value, ...proven });
}

/** Claims beyond these are not tried: each costs a hash. */
const claimsMax = 5;

/**
 * Whom an identifier may mean, the one most likely first. One who proved an address is the only one; where nobody did,
 * every claim counts, so that a stranger's claim takes nothing from the others.
 */
export async function candidatesFor(db: Db, identifier: string): Promise<Account[]> {
  const kind = kindOf(identifier);
  const found = await db.find(
    AccountEntity,
    { [kind]: identifier, deletedAt: null },
    { orderBy: provenFirst[kind], limit: claimsMax },
  );
  const [first] = found;
  if (!first || kind === 'username') return found;
  const proven = kind === 'email' ? first.emailVerifiedAt : first.phoneVerifiedAt;
  return proven ? [first] : found;
}

const provenFirst = {
  email: { emailVerifiedAt: 'asc nulls last', id: 'asc' },
  phone: { phoneVerifiedAt: 'asc nulls last', id: 'asc' },
  username: { id: 'asc' },
} as const;

/** Where an account may be written to: only what is proven, or a stranger would be told. */
export function provenAddresses(account: Account): Address[] {
  const { email, emailVerifiedAt, phone, phoneVerifiedAt } = account;
  return [
    ...(email && emailVerifiedAt ? [{ kind: 'email', value: email } as const] : []),
    ...(phone && phoneVerifiedAt ? [{ kind: 'phone', value: phone } as const] : []),
  ];
}
