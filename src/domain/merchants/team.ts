import { LockMode } from '@mikro-orm/core';
import type { Db, Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import type { UserId } from '../kernel/ids.ts';
import { applyMove, bump } from '../kernel/machine.ts';
import { withdrawRole } from '../identity/index.ts';
import { InvitationEntity, MemberEntity, MerchantEntity, type Member, type Merchant } from './entities.ts';
import { merchantChanged, type MerchantChangeKind } from './events.ts';
import { moveInvitation } from './inviting.ts';
import { merchantMachine } from './machine.ts';
import { merchantView } from './views.ts';

// Locks are taken in the order shop, invitation, account. The shop's lock covers its team.

export async function lockMerchant(tx: Tx, id: string): Promise<Merchant | null> {
  await tx.db.flush();
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  return tx.db.findOne(MerchantEntity, { id: id as never, state: { $ne: 'closed' } }, lock);
}

/** The team in the order in which they joined. */
export async function teamOf(db: Db, merchantId: string): Promise<Member[]> {
  return db.find(MemberEntity, { merchantId: merchantId as never }, { orderBy: { joinedAt: 'asc', id: 'asc' } });
}

interface Caller {
  readonly tx: Tx;
  readonly userId: UserId;
  fail(code: 'merchants.not_found'): never;
}

/** Locks a shop for a member of its team; to everybody else it is as if there were none. */
export async function lockOwnMerchant(
  { tx, userId, fail }: Caller,
  merchantId: string,
): Promise<{ merchant: Merchant; team: Member[]; self: Member }> {
  const merchant = await lockMerchant(tx, merchantId);
  const team = merchant ? await teamOf(tx.db, merchantId) : [];
  const self = team.find((member) => member.userId === userId);
  return merchant && self ? { merchant, team, self } : fail('merchants.not_found');
}

/** Marks a locked shop as changed and tells the whole team, each with their own view. */
export async function tellTeam(tx: Tx, merchant: Merchant, kind: MerchantChangeKind): Promise<void> {
  bump(merchant, await tx.now());
  await pushTeam(tx, merchant, kind);
}

/** As `tellTeam`, for a shop that the machine has moved: its version has grown already. */
export async function pushTeam(tx: Tx, merchant: Merchant, kind: MerchantChangeKind): Promise<void> {
  await tx.db.flush();
  const team = await teamOf(tx.db, merchant.id);
  for (const { userId, role } of team) {
    tx.emit(merchantChanged, userId, { view: merchantView(merchant, { role, team }), change: { kind } });
  }
}

/** Takes people out of the team of a locked shop: on their open sockets too, at once. */
export async function dismiss(
  tx: Tx,
  merchant: Merchant,
  { members, kind }: { members: readonly Member[]; kind: MerchantChangeKind },
): Promise<void> {
  for (const { userId, role } of members) {
    const view = { ...merchantView(merchant, { role, team: [] }), allowedActions: [], deleted: true as const };
    tx.emit(merchantChanged, userId, { view, change: { kind } });
    tx.evict({ userId, room: `shop:${merchant.id}` });
  }
  await tx.db.flush();
  await tx.db.nativeDelete(MemberEntity, { id: { $in: members.map(({ id }) => id) } });
}

const unsuspended = { reason: null, moderationReason: null, moderatedAt: null };

/** Closes a locked shop: the team goes, invitations end, and the owner sells on as a private person. */
export async function closeMerchant(tx: Tx, merchant: Merchant, by: 'owner' | 'system'): Promise<void> {
  const at = await tx.now();
  assert(applyMove(merchantMachine, merchant, { name: 'close', by, at }), `shop ${merchant.id} closes by ${by}`);
  Object.assign(merchant, { ...unsuspended, contactEmail: null, contactPhone: null, address: null });
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true, orderBy: { id: 'asc' } } as const;
  const pending = { merchantId: merchant.id, state: 'pending' } as const;
  for (const invitation of await tx.db.find(InvitationEntity, pending, lock)) {
    await moveInvitation(tx, invitation, { name: 'revoke', by: 'system' });
  }
  await dismiss(tx, merchant, { members: await teamOf(tx.db, merchant.id), kind: 'closed' });
  await withdrawRole(tx, merchant.ownerId, 'merchant');
}
