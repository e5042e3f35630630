import type { Tx } from '../kernel/define.ts';
import { newId, type UserId } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';
import { accounts, mustPost } from '../ledger/index.ts';
import { DestinationEntity, PayoutEntity, type Destination, type Payout, type PayoutKind } from './entities.ts';
import { tellPayee } from './events.ts';
import { movePayout } from './rows.ts';

export interface Earned {
  readonly kind: PayoutKind;
  readonly orderId: string | null;
  readonly userId: UserId;
  readonly currency: Currency;
  readonly amountMinor: number;
}

/** A person's destination, when their money can go there. */
export async function readyDestination(tx: Tx, userId: UserId): Promise<Destination | null> {
  return tx.db.findOne(DestinationEntity, { userId, ready: true }, { refresh: true });
}

export async function createPayout(tx: Tx, earned: Earned, method: Payout['method']): Promise<Payout> {
  const now = await tx.now();
  return tx.db.create(PayoutEntity, {
    ...earned,
    id: newId(),
    state: 'pending',
    method,
    provider: null,
    account: null,
    providerRef: null,
    failureReason: null,
    batchId: null,
    submitAt: null,
    submitTries: 0,
    pollAt: null,
    pollTries: 0,
    paidAt: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  });
}

/** Makes the payout of what lies on the seller's payout account: waiting for a batch, or to the wallet at once. */
export async function makePayout(tx: Tx, earned: Earned): Promise<void> {
  const toBank = await readyDestination(tx, earned.userId);
  const payout = await createPayout(tx, earned, toBank ? 'bank' : 'wallet');
  if (toBank) tellPayee(tx, payout);
  else await creditPayout(tx, payout);
}

/** Pays a pending payout into the wallet. */
export async function creditPayout(tx: Tx, payout: Payout): Promise<void> {
  payout.method = 'wallet';
  await movePayout(tx, payout, { name: 'credit', by: 'system' });
  payout.paidAt = await tx.now();
  await tx.db.flush();
  tellPayee(tx, payout);
  const { id, orderId, userId, currency, amountMinor } = payout;
  const postings = [
    { account: accounts.payout(userId), amountMinor: -amountMinor },
    { account: accounts.available(userId), amountMinor },
  ];
  await mustPost(tx, { kind: 'payout.pay', reference: id, ...(orderId && { orderId }), currency, postings });
}
