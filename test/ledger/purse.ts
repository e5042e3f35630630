import { accounts, postTransfer } from '../../src/domain/ledger/index.ts';
import type { Currency } from '../../src/domain/kernel/money.ts';
import type { Harness, TestUser } from '../support/harness.ts';
import { transact } from '../support/transact.ts';

/** Puts money into a person's wallet. */
export async function fill(
  market: Harness,
  user: TestUser,
  { amountMinor, currency = 'USD' }: { amountMinor: number; currency?: Currency },
): Promise<void> {
  const postings = [
    { account: accounts.promo, amountMinor: -amountMinor },
    { account: accounts.available(user.actor.userId), amountMinor },
  ];
  const reference = crypto.randomUUID();
  await transact(market, (tx) => postTransfer(tx, { kind: 'promo.credit', reference, currency, postings }));
}

export async function walletOf(
  market: Harness,
  user: TestUser,
  currency: Currency = 'USD',
): Promise<{ availableMinor: number; reservedMinor: number }> {
  const { wallets } = await market.ok(user, 'wallet.get');
  const found = wallets.find((wallet: { currency: Currency }) => wallet.currency === currency);
  return { availableMinor: found?.availableMinor ?? 0, reservedMinor: found?.reservedMinor ?? 0 };
}
