import type { Db, SnapshotPart } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { HubEntity, HubStaffEntity } from './entities.ts';
import { hubAssignmentView } from './views.ts';

/** The hubs that a person works for; `deliveryRules.hubsPerPersonMax` bounds them. */
export async function ownAssignments(db: Db, userId: UserId) {
  const assignments = await db.find(HubStaffEntity, { userId }, { orderBy: { id: 'asc' } });
  const hubs = await db.find(HubEntity, { id: { $in: assignments.map(({ hubId }) => hubId) } });
  const byId = new Map(hubs.map((hub) => [hub.id, hub]));
  return assignments.flatMap((assignment) => {
    const hub = byId.get(assignment.hubId);
    return hub ? [hubAssignmentView(assignment, hub)] : [];
  });
}

export const hubAssignmentSnapshot: SnapshotPart = {
  entity: 'hub_assignment',
  load: ({ db, userId }) => ownAssignments(db, userId),
};
