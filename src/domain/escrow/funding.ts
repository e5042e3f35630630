import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import type { UserId } from '../kernel/ids.ts';
import { bump } from '../kernel/machine.ts';
import type { Currency } from '../kernel/money.ts';
import { accounts, mustPost, type Account, type Posting } from '../ledger/index.ts';
import { EscrowEntity, EscrowPartEntity, type EscrowSource } from './entities.ts';
import { lockEscrow, moveEscrow } from './rows.ts';

export interface EscrowOrder {
  readonly orderId: string;
  readonly buyerId: UserId;
  readonly sellerId: UserId;
  readonly currency: Currency;
  readonly deliveryMinor: number;
}

export interface Funding {
  /** Captured by this attempt. */
  readonly payment?: { readonly attemptId: string; readonly amountMinor: number } | null;
  /** Held of the buyer's wallet; the hold has been spent. */
  readonly walletMinor?: number;
  /** What the market pays for the buyer. */
  readonly promoMinor?: number;
  /** Still to be collected from the buyer in cash. */
  readonly cashMinor?: number;
}

/** Moves what was paid for an order into its escrow. Cash is awaited: until it is collected the escrow is unfunded. */
export async function fundEscrow(tx: Tx, order: EscrowOrder, funding: Funding): Promise<void> {
  const { payment = null, walletMinor = 0, promoMinor = 0, cashMinor = 0 } = funding;
  const { orderId, buyerId, sellerId, currency, deliveryMinor } = order;
  const paid: [EscrowSource, Account, number][] = [
    ...(payment ? [['payment', accounts.payment(payment.attemptId), payment.amountMinor] as const] : []),
    ['wallet', accounts.reserved(buyerId), walletMinor],
    ['promo', accounts.promo, promoMinor],
  ].map(([source, account, amount]) => [source, account, amount] as [EscrowSource, Account, number]);
  const fundedMinor = paid.reduce((total, [, , amount]) => total + amount, 0);
  const now = await tx.now();
  tx.db.create(EscrowEntity, {
    orderId,
    buyerId,
    sellerId,
    state: cashMinor > 0 ? 'unfunded' : 'held',
    currency,
    fundedMinor,
    returnedMinor: 0,
    releasedMinor: 0,
    deliveryMinor,
    cashState: cashMinor > 0 ? 'due' : null,
    cashMinor,
    reserveMinor: 0,
    reserveUntil: null,
    payoutMinor: 0,
    payoutDue: false,
    releasedAt: null,
    openChargebacks: 0,
    version: 1,
    createdAt: now,
    updatedAt: now,
  });
  for (const [source, , amountMinor] of paid) {
    if (amountMinor === 0) continue;
    const sourceId = source === 'payment' ? (payment?.attemptId ?? null) : null;
    tx.db.create(EscrowPartEntity, { orderId, source, sourceId, amountMinor, returnedMinor: 0 });
  }
  const taken: Posting[] = paid.map(([, account, amountMinor]) => ({ account, amountMinor: -amountMinor }));
  const postings = [...taken, { account: accounts.escrow(orderId), amountMinor: fundedMinor }];
  await mustPost(tx, { kind: 'order.fund', reference: orderId, orderId, currency, postings });
}

/**
 * Books the buyer's cash into the escrow of an order, once. `known` when it is there already; `wrong_amount` when it is
 * not what is due; `not_due` when the order has no cash to collect. The order must be locked.
 */
export async function fundCash(
  tx: Tx,
  { orderId, hubId, amountMinor }: { orderId: string; hubId: string; amountMinor: number },
): Promise<'collected' | 'known' | 'wrong_amount' | 'not_due'> {
  const escrow = await lockEscrow(tx, orderId);
  if (!escrow?.cashState) return 'not_due';
  if (escrow.cashMinor !== amountMinor) return 'wrong_amount';
  if (escrow.cashState !== 'due') return 'known';
  if (escrow.state !== 'unfunded') return 'not_due';
  escrow.cashState = 'collected';
  escrow.fundedMinor += amountMinor;
  await moveEscrow(tx, escrow, 'fund');
  tx.db.create(EscrowPartEntity, { orderId, source: 'cash', sourceId: hubId, amountMinor, returnedMinor: 0 });
  const postings = [
    { account: accounts.cashAtHub(hubId), amountMinor: -amountMinor },
    { account: accounts.escrow(orderId), amountMinor },
  ];
  await mustPost(tx, { kind: 'order.fund_cash', reference: orderId, orderId, currency: escrow.currency, postings });
  return 'collected';
}

/** The cash of an order has come in from its hub: from now on it may be released. The caller posts the remittance. */
export async function markRemitted(tx: Tx, orderId: string): Promise<void> {
  const escrow = await lockEscrow(tx, orderId);
  assert(escrow?.cashState === 'collected', `the cash of order ${orderId} was collected`);
  escrow.cashState = 'remitted';
  bump(escrow, await tx.now());
}
