import { z } from 'zod';
import { grantRole, lockLiveAccount, userChanged } from '../../identity/index.ts';
import { defineCommand } from '../../kernel/define.ts';
import { newId, UserId } from '../../kernel/ids.ts';
import { HubId, HubStaffEntity } from '../entities.ts';
import { hubAssignmentChanged } from '../events.ts';
import { deliveryRules } from '../rules.ts';
import { lockHub } from '../staff.ts';
import { HubAssignmentView, hubAssignmentView } from '../views.ts';

export const assignStaff = defineCommand({
  name: 'hubs.assignStaff',
  access: 'admin',
  ratePerMinute: 60,
  summary: 'Let a person work for a hub; whoever does not hold the role yet gets it. Open sockets follow at once.',
  input: z.strictObject({ hubId: HubId, userId: UserId }),
  output: HubAssignmentView,
  errors: ['hubs.not_found', 'hubs.closed', 'users.not_found', 'hubs.already_assigned', 'hubs.too_many_staff'],
  emits: [hubAssignmentChanged, userChanged],
  async run({ input: { hubId, userId }, tx, fail }) {
    const hub = await lockHub(tx, hubId);
    if (!hub) return fail('hubs.not_found');
    if (hub.state === 'closed') fail('hubs.closed');
    if (!(await lockLiveAccount(tx, userId))) fail('users.not_found');
    if ((await tx.db.count(HubStaffEntity, { hubId, userId })) > 0) fail('hubs.already_assigned');
    const { staffMax, hubsPerPersonMax } = deliveryRules;
    const isFull = (await tx.db.count(HubStaffEntity, { hubId })) >= staffMax;
    if (isFull || (await tx.db.count(HubStaffEntity, { userId })) >= hubsPerPersonMax) fail('hubs.too_many_staff');
    const now = await tx.now();
    const times = { assignedAt: now, updatedAt: now };
    const assignment = tx.db.create(HubStaffEntity, { id: newId(), hubId, userId, version: 1, ...times });
    await grantRole(tx, userId, 'hub');
    tx.evict({ userId, recheck: true });
    const view = hubAssignmentView(assignment, hub);
    tx.emit(hubAssignmentChanged, userId, { view, change: { kind: 'assigned' } });
    return view;
  },
});
