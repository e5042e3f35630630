import type { Tx } from '../kernel/define.ts';
import { iso } from '../kernel/timestamp.ts';
import { holderOf, provenAddresses, type Address } from './addresses.ts';
import { alertAddress } from './alerts.ts';
import { settleContactKey } from './contact-key.ts';
import type { Account } from './entities.ts';
import { identitySettingsPort } from './settings.ts';

/**
 * Makes a proven address the account's own, in the place of one it had, whose reader is told. False, changing nothing,
 * when somebody else proved it before. The caller holds the lock of the address and tells the account.
 */
export async function proveAddress(tx: Tx, account: Account, address: Address): Promise<boolean> {
  const holder = await holderOf(tx.db, address);
  if (holder && holder.id !== account.id) return false;
  const now = await tx.now();
  const replaced = provenAddresses(account).find(
    ({ kind, value }) => kind === address.kind && value.toLowerCase() !== address.value.toLowerCase(),
  );
  if (replaced) {
    const params = { at: iso(now) };
    await alertAddress(tx, { account, address: replaced }, { template: 'address.replaced', params });
  }
  if (address.kind === 'email') Object.assign(account, { email: address.value, emailVerifiedAt: now });
  else Object.assign(account, { phone: address.value, phoneVerifiedAt: now });
  settleContactKey(account, tx.port(identitySettingsPort).keys);
  return true;
}
