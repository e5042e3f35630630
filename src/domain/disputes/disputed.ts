import { LockMode } from '@mikro-orm/core';
import type { UserActor } from '../kernel/actor.ts';
import type { Db, Tx } from '../kernel/define.ts';
import { lockOrderInGroup, type OrderWithLines } from '../orders/index.ts';
import { DisputeEntity, type Dispute, type DisputeId } from './entities.ts';
import { sideIn } from './requests.ts';
import { disputeLimits } from './settings.ts';
import { withStatements, type DisputeFile, type DisputeSide } from './views.ts';

/** The side that a person is on; moderators and admins who are on none look at it from outside. Null for others. */
export async function disputeSide(db: Db, dispute: Dispute, actor: UserActor): Promise<DisputeSide | null> {
  const side = await sideIn(db, dispute, actor.userId);
  if (side) return side;
  return actor.roles.includes('moderator') || actor.roles.includes('admin') ? 'moderator' : null;
}

export interface LockedDispute {
  readonly file: DisputeFile;
  readonly found: OrderWithLines;
}

/** Locks a dispute's order group and order, then the dispute. */
export async function lockDispute(tx: Tx, id: DisputeId): Promise<LockedDispute | null> {
  const seen = await tx.db.findOne(DisputeEntity, { id });
  const locked = seen && (await lockOrderInGroup(tx, seen.orderId));
  if (!locked) return null;
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  const dispute = await tx.db.findOneOrFail(DisputeEntity, { id }, lock);
  return { file: (await withStatements(tx.db, [dispute]))[0]!, found: locked.found };
}

/** Who works on it now, or null when nobody does, or only did an hour ago. */
export function claimantOf({ claimedBy, claimedAt }: Dispute, now: Date): string | null {
  if (!claimedBy || !claimedAt) return null;
  return claimedAt.getTime() + disputeLimits.claimMs > now.getTime() ? claimedBy : null;
}
