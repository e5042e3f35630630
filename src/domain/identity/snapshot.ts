import type { SnapshotPart } from '../kernel/define.ts';
import { AccountEntity } from './entities.ts';
import { ownUserView } from './views.ts';

export const userSnapshot: SnapshotPart = {
  entity: 'user',
  async load({ db, userId }) {
    return [ownUserView(await db.findOneOrFail(AccountEntity, { id: userId }))];
  },
};
