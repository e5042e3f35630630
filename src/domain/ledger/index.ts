import { defineArea } from '../kernel/define.ts';
import { creditWallet } from './commands/credit.ts';
import { HoldEntity } from './entities.ts';
import { ledgerErrors } from './errors.ts';
import { ledgerPersonal } from './personal.ts';
import { getWallet } from './queries/get-wallet.ts';
import { walletHistory } from './queries/wallet-history.ts';
import { walletChanged, walletSnapshot } from './wallets.ts';

export { accounts, type Account } from './accounts.ts';
export { owedBy, payDebt } from './debts.ts';
export type { Hold } from './entities.ts';
export { openHold, spendHold, voidHold, type HoldKey } from './holds.ts';
export { balanceOf, mustPost, postTransfer, type Posting, type Transfer } from './post.ts';
export { chargeTakeFee, earnTakeFee, refundTakeFee } from './take-fees.ts';
export { walletChanged } from './wallets.ts';

export const ledger = defineArea({
  name: 'ledger',
  operations: [getWallet, walletHistory, creditWallet],
  errors: ledgerErrors,
  events: [walletChanged],
  snapshots: [walletSnapshot],
  personal: ledgerPersonal,
  entities: [HoldEntity],
});
