import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { bump } from '../../kernel/machine.ts';
import { HubId } from '../entities.ts';
import { hubAssignmentChanged } from '../events.ts';
import { lockHub, tellStaff } from '../staff.ts';
import { HubView, hubView } from '../views.ts';

export const closeHub = defineCommand({
  name: 'hubs.close',
  access: 'admin',
  ratePerMinute: 60,
  summary: 'Close a hub for good: nothing is sent there any more, and its staff brings what is under way to its end.',
  input: z.strictObject({ hubId: HubId }),
  output: HubView,
  errors: ['hubs.not_found', 'hubs.closed'],
  emits: [hubAssignmentChanged],
  async run({ input, tx, fail }) {
    const hub = await lockHub(tx, input.hubId);
    if (!hub) return fail('hubs.not_found');
    if (hub.state === 'closed') fail('hubs.closed');
    const now = await tx.now();
    hub.state = 'closed';
    bump(hub, now);
    await tellStaff(tx, hub);
    return hubView(hub, { now });
  },
});
