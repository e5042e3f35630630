import type { UserActor } from '../kernel/actor.ts';
import type { Db } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { sellersFor } from '../merchants/index.ts';
import { ChargebackEntity, type ChargebackId } from './chargeback-entities.ts';
import { withShares } from './chargeback-rows.ts';
import { chargebackDetails, chargebackView, withEvidence, type AnsweredChargeback } from './chargeback-views.ts';

/** For whom somebody looks at a chargeback: a seller whose orders are part of it, or as an admin the market (null). */
export interface Seen {
  readonly file: AnsweredChargeback;
  readonly sellerId: UserId | null;
}

/** A chargeback as somebody may see it: as a seller, or in the team of the seller's shop, or as an admin. */
export async function seeChargeback(db: Db, id: ChargebackId, actor: UserActor): Promise<Seen | null> {
  const chargeback = await db.findOne(ChargebackEntity, { id });
  if (!chargeback) return null;
  const [file] = await withEvidence(db, await withShares(db, [chargeback]));
  const sellers = new Set(await sellersFor(db, actor.userId, 'orders'));
  const own = file!.shares.find(({ sellerId }) => sellers.has(sellerId));
  if (own) return { file: file!, sellerId: own.sellerId };
  return actor.roles.includes('admin') ? { file: file!, sellerId: null } : null;
}

export function seenView({ file, sellerId }: Seen) {
  return sellerId ? chargebackView(file, sellerId) : chargebackDetails(file);
}
