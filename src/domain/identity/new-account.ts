import type { Db } from '../kernel/define.ts';
import { newId } from '../kernel/ids.ts';
import { AccountEntity, type Account } from './entities.ts';

/** A new account with what is given; everything else is empty. Not flushed: a taken name shows then. */
export function createAccount(db: Db, at: Date, given: Partial<Account> & Pick<Account, 'fullName'>): Account {
  return db.create(AccountEntity, {
    id: newId(),
    email: null,
    phone: null,
    username: null,
    telegramId: null,
    passwordHash: null,
    campus: null,
    marketRole: 'both',
    roles: [],
    bio: null,
    avatarUrl: null,
    location: null,
    neighborhood: null,
    buildingName: null,
    locale: 'en',
    emailVerifiedAt: null,
    phoneVerifiedAt: null,
    identityVerifiedAt: null,
    passwordChangedAt: null,
    discoverable: false,
    contactKey: null,
    ratingCount: 0,
    ratingMean: null,
    sellingSuspendedAt: null,
    suspendedAt: null,
    suspensionReason: null,
    deletedAt: null,
    lastLoginAt: null,
    version: 1,
    createdAt: at,
    updatedAt: at,
    ...given,
  });
}
