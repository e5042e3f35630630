import { setSellingSuspended } from '../identity/index.ts';
import type { Db, Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { applyMove } from '../kernel/machine.ts';
import { MerchantEntity, type Merchant } from './entities.ts';
import { merchantMachine } from './machine.ts';
import { lockMerchant, pushTeam, tellTeam } from './team.ts';
import { publicMerchantView } from './views.ts';

/** A shop that is open, as anyone may see it, and who answers for it. */
export async function readShop(db: Db, merchantId: string) {
  const shop = await db.findOne(MerchantEntity, { id: merchantId as never, state: 'active' });
  return shop && publicMerchantView(shop);
}

/** Suspends a shop for moderators. Returns since when they have it suspended; null when there is no such shop. */
export async function suspendShop(tx: Tx, merchantId: string, reason: string): Promise<Date | null> {
  const shop = await lockMerchant(tx, merchantId);
  if (!shop) return null;
  await changeSuspension(tx, shop, { held: 'moderation', reason, by: 'moderator' });
  return shop.moderatedAt ?? null;
}

/** Ends the suspension by moderators that began at `since`; a later one, and one by an admin, stays. */
export async function liftShopSuspension(tx: Tx, merchantId: string, since: Date): Promise<void> {
  const shop = await lockMerchant(tx, merchantId);
  if (shop?.moderatedAt?.getTime() !== since.getTime()) return;
  await changeSuspension(tx, shop, { held: 'moderation', reason: null, by: 'system' });
}

/**
 * Writes down, or with no reason takes back, what keeps a locked shop suspended: the word of an admin or that of
 * moderation. The shop is open again, and its owner may sell, once neither does. False when nothing changes.
 */
export async function changeSuspension(
  tx: Tx,
  shop: Merchant,
  change: { held: 'admin' | 'moderation'; reason: string | null; by: 'admin' | 'moderator' | 'system' },
): Promise<boolean> {
  const { held, reason, by } = change;
  const column = held === 'admin' ? 'reason' : 'moderationReason';
  if ((shop[column] === null) === (reason === null)) return false;
  const at = await tx.now();
  shop[column] = reason;
  if (held === 'moderation') shop.moderatedAt = reason === null ? null : at;
  const suspended = shop.reason !== null || shop.moderationReason !== null;
  if (suspended === (shop.state === 'suspended')) {
    await tellTeam(tx, shop, 'updated');
    return true;
  }
  const name = suspended ? 'suspend' : 'reinstate';
  assert(applyMove(merchantMachine, shop, { name, by, at }), `shop ${shop.id} moves: ${name} by ${by}`);
  await pushTeam(tx, shop, suspended ? 'suspended' : 'reinstated');
  await setSellingSuspended(tx, shop.ownerId, suspended ? at : null);
  return true;
}
