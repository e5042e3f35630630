import { sql } from 'kysely';
import type { Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { bump } from '../kernel/machine.ts';
import { AccountEntity } from './entities.ts';
import { userChanged } from './events.ts';
import { ownUserView } from './views.ts';

/**
 * Sets how a person is rated. `compute` is asked under the account's lock, so that of two who compute at once the
 * second sees what the first has counted. The lock lets others refer to the account meanwhile.
 */
export async function setUserRating(
  tx: Tx,
  userId: UserId,
  compute: () => Promise<{ count: number; mean: number | null }>,
): Promise<void> {
  await tx.db.flush();
  await sql`select from account where id = ${userId} for no key update`.execute(tx.sql);
  const account = await tx.db.findOneOrFail(AccountEntity, { id: userId }, { refresh: true });
  const { count, mean } = await compute();
  if (account.ratingCount === count && (account.ratingMean ?? null) === mean) return;
  Object.assign(account, { ratingCount: count, ratingMean: mean });
  bump(account, await tx.now());
  await tx.db.flush();
  tx.emit(userChanged, userId, { view: ownUserView(account) });
}
