import type { Tx } from '../kernel/define.ts';
import { accounts, mustPost } from '../ledger/index.ts';
import type { Payment } from './entities.ts';

/** Credits what an attempt has captured to its payer's wallet. Late or not, the money is the payer's. */
export async function creditTopUp(tx: Tx, { id, payerId, currency, amountMinor }: Payment): Promise<void> {
  const postings = [
    { account: accounts.payment(id), amountMinor: -amountMinor },
    { account: accounts.available(payerId), amountMinor },
  ];
  await mustPost(tx, { kind: 'wallet.top_up', reference: id, currency, postings });
}
