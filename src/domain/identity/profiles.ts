import type { z } from 'zod';
import type { Db } from '../kernel/define.ts';
import { AccountEntity } from './entities.ts';
import { publicUserView, type PublicUserView } from './views.ts';

/** Public profiles of many people in one query, for other areas' views. */
export async function publicProfiles(
  db: Db,
  userIds: readonly string[],
): Promise<Map<string, z.input<typeof PublicUserView>>> {
  const accounts = await db.find(AccountEntity, { id: { $in: [...new Set(userIds)] as never[] } });
  return new Map(accounts.map((account) => [account.id, publicUserView(account)]));
}
