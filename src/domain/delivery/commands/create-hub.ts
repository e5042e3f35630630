import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { newId } from '../../kernel/ids.ts';
import { HubEntity, type HubId } from '../entities.ts';
import { hubFields as fields } from '../rules.ts';
import { HubView, hubView } from '../views.ts';

export const createHub = defineCommand({
  name: 'hubs.create',
  access: 'admin',
  ratePerMinute: 60,
  summary: 'Open a hub: a place where parcels are dropped off, kept and handed over.',
  input: z.strictObject({
    ...fields,
    exceptions: fields.exceptions.default([]),
    capacity: fields.capacity.optional(),
    contactPhone: fields.contactPhone.optional(),
  }),
  output: HubView,
  errors: [],
  async run({ input, tx }) {
    const now = await tx.now();
    const hub = tx.db.create(HubEntity, {
      ...input,
      id: newId<HubId>(),
      capacity: input.capacity ?? null,
      contactPhone: input.contactPhone ?? null,
      state: 'active',
      version: 1,
      createdAt: now,
      updatedAt: now,
    });
    return hubView(hub, { now });
  },
});
