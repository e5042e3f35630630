import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { openHold, spendHold, voidHold, type HoldKey } from '../ledger/index.ts';
import type { OrderGroup } from './entities.ts';

// What of a group the buyer's wallet pays is held while the group waits for the rest.

const holdOf = ({ id }: Pick<OrderGroup, 'id'>): HoldKey => ({ purpose: 'order_group', purposeId: id });
// A hold resolves once, so a group that the wallet pays whole after all, or that is put back, needs another one.
const wholeHoldOf = ({ id }: Pick<OrderGroup, 'id'>): HoldKey => ({ purpose: 'whole_order_group', purposeId: id });
const lateHoldOf = ({ id }: Pick<OrderGroup, 'id'>): HoldKey => ({ purpose: 'late_order_group', purposeId: id });

/** Holds the wallet's part of a new group. False when the wallet has not that much. */
export async function holdWalletPart(tx: Tx, group: OrderGroup): Promise<boolean> {
  return hold(tx, group, holdOf(group));
}

/**
 * Makes the wallet pay all of a group that waits for its payment. False when it has not that much: the caller fails,
 * for what was held may have been given back.
 */
export async function holdWholeGroup(tx: Tx, group: OrderGroup): Promise<boolean> {
  if (group.walletMinor === group.totalMinor) return true;
  if (group.walletMinor > 0) await voidHold(tx, holdOf(group));
  group.walletMinor = group.totalMinor;
  return hold(tx, group, wholeHoldOf(group));
}

/** Makes sure that the wallet's part is held: when the group's time is over it was given back, and is held anew. */
export async function takeWalletPart(tx: Tx, group: OrderGroup): Promise<boolean> {
  return group.state === 'awaiting_payment' || hold(tx, group, lateHoldOf(group));
}

/** Marks the part as spent: the caller posts it away in the same transaction. */
export async function spendWalletPart(tx: Tx, group: OrderGroup): Promise<void> {
  if (group.walletMinor === 0) return;
  const spent = await spendHold(tx, holdOf(group), wholeHoldOf(group), lateHoldOf(group));
  assert(spent?.amountMinor === group.walletMinor, `the wallet's part of group ${group.id} is held`);
}

/** Gives the wallet's part of a group that came to nothing back. */
export async function releaseWalletPart(tx: Tx, group: OrderGroup): Promise<void> {
  if (group.walletMinor === 0) return;
  await voidHold(tx, holdOf(group));
  await voidHold(tx, lateHoldOf(group));
}

async function hold(tx: Tx, { buyerId: userId, currency, walletMinor }: OrderGroup, key: HoldKey): Promise<boolean> {
  if (walletMinor === 0) return true;
  return (await openHold(tx, { ...key, userId, currency, amountMinor: walletMinor })) !== 'insufficient';
}
