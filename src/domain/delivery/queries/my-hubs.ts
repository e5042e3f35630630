import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { HubEntity } from '../entities.ts';
import { staffedHubs } from '../staff.ts';
import { HubView, hubView } from '../views.ts';

export const myHubs = defineQuery({
  name: 'hubs.mine',
  access: 'hub',
  current: true,
  summary: 'The hubs that you work for; none once the role is gone.',
  input: z.strictObject({}),
  output: z.object({ items: z.array(HubView) }),
  errors: [],
  async run({ actor, db, now }) {
    const ids = await staffedHubs(db, actor.userId);
    const hubs = await db.find(HubEntity, { id: { $in: ids } }, { orderBy: { name: 'asc', id: 'asc' } });
    const at = await now();
    return { items: hubs.map((hub) => hubView(hub, { now: at })) };
  },
});
