import type { Tx } from '../kernel/define.ts';
import { returnPromos } from '../promos/index.ts';
import type { OrderGroup } from './entities.ts';
import { releaseHeld } from './stock.ts';
import { releaseWalletPart } from './wallet-part.ts';

/**
 * Gives back all that groups kept which end unpaid: their stock and promos, in a few statements for any number of them,
 * then what only some have, one by one. The groups are locked and have left their state.
 */
export async function releaseUnpaid(tx: Tx, groups: readonly OrderGroup[]): Promise<void> {
  await releaseHeld(tx, groups);
  await returnPromos(
    tx,
    groups.map(({ id }) => id),
  );
  const withWallet = groups.filter(({ walletMinor }) => walletMinor > 0);
  // In the order of the ledger's accounts, as everybody takes them.
  for (const group of withWallet.toSorted((a, b) => (a.buyerId < b.buyerId ? -1 : 1))) {
    await releaseWalletPart(tx, group);
  }
}
