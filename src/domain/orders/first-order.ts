import type { Db } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { OrderGroupEntity } from './entities.ts';

/** Whether a person has a purchase that was paid or may still be, beside this one. */
export async function hasOrdered(db: Db, buyerId: UserId, exceptGroupId?: string): Promise<boolean> {
  const other = exceptGroupId ? { id: { $ne: exceptGroupId as never } } : {};
  const found = await db.findOne(
    OrderGroupEntity,
    { buyerId, state: { $in: ['awaiting_payment', 'placed'] }, ...other },
    { fields: ['id'] },
  );
  return found !== null;
}
