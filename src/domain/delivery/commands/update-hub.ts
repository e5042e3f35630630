import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { bump } from '../../kernel/machine.ts';
import { HubId } from '../entities.ts';
import { hubAssignmentChanged } from '../events.ts';
import { hubFields as fields } from '../rules.ts';
import { lockHub, tellStaff } from '../staff.ts';
import { HubView, hubView } from '../views.ts';

export const updateHub = defineCommand({
  name: 'hubs.update',
  access: 'admin',
  ratePerMinute: 60,
  summary: 'Change a hub; fields left out stay. Fees count for what is quoted from now on.',
  input: z.strictObject({
    hubId: HubId,
    name: fields.name.optional(),
    address: fields.address.optional(),
    location: fields.location.optional(),
    timezone: fields.timezone.optional(),
    hours: fields.hours.optional(),
    exceptions: fields.exceptions.optional(),
    capacity: fields.capacity.nullable().optional(),
    contactPhone: fields.contactPhone.nullable().optional(),
    feeMinor: fields.feeMinor.optional(),
    currency: fields.currency.optional(),
  }),
  output: HubView,
  errors: ['hubs.not_found', 'hubs.closed'],
  emits: [hubAssignmentChanged],
  async run({ input: { hubId, ...changes }, tx, fail }) {
    const hub = await lockHub(tx, hubId);
    if (!hub) return fail('hubs.not_found');
    if (hub.state === 'closed') fail('hubs.closed');
    const { name, address } = hub;
    for (const [field, value] of Object.entries(changes)) {
      if (value !== undefined) Object.assign(hub, { [field]: value });
    }
    const now = await tx.now();
    bump(hub, now);
    if (hub.name !== name || hub.address !== address) await tellStaff(tx, hub);
    return hubView(hub, { now });
  },
});
