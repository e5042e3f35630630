import type { z } from 'zod';
import type { Tx } from '../kernel/define.ts';
import { bump } from '../kernel/machine.ts';
import type { Account } from './entities.ts';
import { userChanged } from './events.ts';
import { ownUserView, type OwnUserView } from './views.ts';

/** Call it after the last change of what a person sees of themselves: stores it and tells their devices. */
export async function tellAccount(tx: Tx, account: Account): Promise<z.input<typeof OwnUserView>> {
  bump(account, await tx.now());
  await tx.db.flush();
  const view = ownUserView(account);
  tx.emit(userChanged, account.id, { view });
  return view;
}
