import { z } from 'zod';
import { publicProfiles, PublicUserView } from '../../identity/index.ts';
import { defineQuery } from '../../kernel/define.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { HubEntity, HubId, HubStaffEntity } from '../entities.ts';

export const hubStaff = defineQuery({
  name: 'hubs.staff',
  access: 'admin',
  current: true,
  summary: 'Who works for a hub, in the order in which they were assigned.',
  input: z.strictObject({ hubId: HubId }),
  output: z.object({ items: z.array(z.object({ user: PublicUserView, assignedAt: Timestamp })) }),
  errors: ['hubs.not_found'],
  async run({ input: { hubId }, db, fail }) {
    if ((await db.count(HubEntity, { id: hubId })) === 0) fail('hubs.not_found');
    // `deliveryRules.staffMax` bounds them.
    const staff = await db.find(HubStaffEntity, { hubId }, { orderBy: { assignedAt: 'asc', id: 'asc' } });
    const people = await publicProfiles(
      db,
      staff.map(({ userId }) => userId),
    );
    const items = staff.flatMap(({ userId, assignedAt }) => {
      const user = people.get(userId);
      return user ? [{ user, assignedAt: iso(assignedAt) }] : [];
    });
    return { items };
  },
});
