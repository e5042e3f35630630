import type { PersonalData } from '../kernel/personal-data.ts';
import { HubStaffEntity } from './entities.ts';
import { ownAssignments } from './snapshot.ts';

export const deliveryPersonal: PersonalData = {
  export: async ({ db, userId }) => ({ hubAssignments: await ownAssignments(db, userId) }),
  async forget(tx, userId) {
    await tx.db.nativeDelete(HubStaffEntity, { userId });
  },
};
