import type { SnapshotPart } from '../kernel/define.ts';
import { BlockEntity } from './entities.ts';
import { blockView } from './views.ts';

/** Bounded by `blocks.add`. */
export const blockSnapshot: SnapshotPart = {
  entity: 'block',
  async load({ db, userId }) {
    return (await db.find(BlockEntity, { blockerId: userId })).map(blockView);
  },
};
