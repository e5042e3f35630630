import type { SnapshotPart } from '../kernel/define.ts';
import { CartEntity } from './entities.ts';
import { withItems } from './rows.ts';
import { cartView } from './views.ts';

/** As it was last told: what listings have done since then follows within seconds. */
export const cartSnapshot: SnapshotPart = {
  entity: 'cart',
  async load({ db, userId, port }) {
    const carts = await db.find(CartEntity, { userId, version: { $gt: 0 } });
    return (await withItems(db, carts)).map((found) => cartView({ port }, found));
  },
};
