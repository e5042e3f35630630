import { z } from 'zod';
import { lockLiveAccount, userChanged, withdrawRole } from '../../identity/index.ts';
import { defineCommand } from '../../kernel/define.ts';
import { UserId } from '../../kernel/ids.ts';
import { bump } from '../../kernel/machine.ts';
import { HubId, HubStaffEntity } from '../entities.ts';
import { hubAssignmentChanged } from '../events.ts';
import { lockHub } from '../staff.ts';
import { HubAssignmentView, hubAssignmentView } from '../views.ts';

export const removeStaff = defineCommand({
  name: 'hubs.removeStaff',
  access: 'admin',
  ratePerMinute: 60,
  summary: 'End a person’s work for a hub, on open sockets too. With the last hub the role goes.',
  input: z.strictObject({ hubId: HubId, userId: UserId }),
  output: HubAssignmentView,
  errors: ['hubs.not_found', 'hubs.not_assigned'],
  emits: [hubAssignmentChanged, userChanged],
  async run({ input: { hubId, userId }, tx, fail }) {
    const hub = await lockHub(tx, hubId);
    if (!hub) return fail('hubs.not_found');
    const assignment = await tx.db.findOne(HubStaffEntity, { hubId, userId });
    if (!assignment) return fail('hubs.not_assigned');
    bump(assignment, await tx.now());
    const view = { ...hubAssignmentView(assignment, hub), deleted: true as const };
    tx.db.remove(assignment);
    // Under the lock, so that nobody is left with another hub and without the role.
    await lockLiveAccount(tx, userId);
    if ((await tx.db.count(HubStaffEntity, { userId })) === 0) await withdrawRole(tx, userId, 'hub');
    tx.evict({ userId, recheck: true });
    tx.emit(hubAssignmentChanged, userId, { view, change: { kind: 'removed' } });
    return view;
  },
});
