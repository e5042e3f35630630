import type { PersonalData } from '../kernel/personal-data.ts';
import { BlockEntity } from './entities.ts';

/** Who blocked the person is the others' secret: it is taken away with the account, but not handed out. */
export const trustPersonal: PersonalData = {
  async export({ db, userId }) {
    const blocks = await db.find(BlockEntity, { blockerId: userId }, { orderBy: { id: 'asc' } });
    return { blocks: blocks.map(({ blockedId, createdAt }) => ({ userId: blockedId, createdAt })) };
  },
  async forget(tx, userId) {
    await tx.db.nativeDelete(BlockEntity, { $or: [{ blockerId: userId }, { blockedId: userId }] });
  },
};
