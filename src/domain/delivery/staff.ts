import { LockMode } from '@mikro-orm/core';
import { holdsRole } from '../identity/index.ts';
import type { Db, Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { bump } from '../kernel/machine.ts';
import { HubEntity, HubStaffEntity, type Hub, type HubId } from './entities.ts';
import { hubAssignmentChanged } from './events.ts';
import { hubAssignmentView } from './views.ts';

// Locks are taken in the order hub, account. The hub's lock covers its staff.

/**
 * Whether a person may act for a hub: they are assigned to it and hold the role. Asked inside the transaction of each
 * command of a hub, because a socket learns up to two seconds later that either is gone.
 */
export async function staffsHub(db: Db, { userId, hubId }: { userId: UserId; hubId: string }): Promise<boolean> {
  const assigned = (await db.count(HubStaffEntity, { hubId, userId })) > 0;
  return assigned && (await holdsRole(db, userId, 'hub'));
}

/** The hubs that a person may act for. */
export async function staffedHubs(db: Db, userId: UserId): Promise<HubId[]> {
  if (!(await holdsRole(db, userId, 'hub'))) return [];
  const assignments = await db.find(HubStaffEntity, { userId }, { orderBy: { id: 'asc' } });
  return assignments.map(({ hubId }) => hubId);
}

export async function lockHub(tx: Tx, hubId: HubId): Promise<Hub | null> {
  await tx.db.flush();
  return tx.db.findOne(HubEntity, { id: hubId }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
}

/** A hub in whatever state it is. */
export async function readHub(db: Db, hubId: string): Promise<Hub | null> {
  return db.findOne(HubEntity, { id: hubId });
}

/** Tells everybody who works for a locked hub that what their assignment shows of it has changed. */
export async function tellStaff(tx: Tx, hub: Hub): Promise<void> {
  const staff = await tx.db.find(HubStaffEntity, { hubId: hub.id });
  for (const assignment of staff) bump(assignment, await tx.now());
  await tx.db.flush();
  for (const assignment of staff) {
    const view = hubAssignmentView(assignment, hub);
    tx.emit(hubAssignmentChanged, assignment.userId, { view, change: { kind: 'hub_changed' } });
  }
}
