import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { HubEntity, HubId } from '../entities.ts';
import { HubView, hubView } from '../views.ts';

export const getHub = defineQuery({
  name: 'hubs.get',
  access: 'guest',
  summary: 'A hub, with its opening hours and whether it is open now.',
  input: z.strictObject({ hubId: HubId }),
  output: HubView,
  errors: ['hubs.not_found'],
  async run({ input, db, now, fail }) {
    const hub = await db.findOne(HubEntity, { id: input.hubId });
    return hub ? hubView(hub, { now: await now() }) : fail('hubs.not_found');
  },
});
