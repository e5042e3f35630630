import { openChargeback, returnFromChargeback, takeForChargeback } from '../escrow/index.ts';
import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { applyMove, bump } from '../kernel/machine.ts';
import { accounts, balanceOf, mustPost, owedBy, postTransfer } from '../ledger/index.ts';
import { disputeOrder, type OrderWithLines } from '../orders/index.ts';
import {
  findAttempt,
  openChargebackOf,
  paymentProvidersPort,
  type Attempt,
  type ChargebackFact,
} from '../payments/index.ts';
import { ChargebackEntity, type Chargeback } from './chargeback-entities.ts';
import { tellChargeback, type ChargebackChangeKind } from './chargeback-events.ts';
import { chargebackMachine, isDecided, moveTo } from './chargeback-machine.ts';
import { createChargeback, findChargeback, lockCharged, type ChargebackFile } from './chargeback-rows.ts';
import { closeOrders } from './closing-chargebacks.ts';

/** `later`: it is not known yet whose the money is: which orders it paid, or that it goes back. */
export type Outcome = 'applied' | 'ignored' | 'later' | { readonly refused: string };

/** Applies what a provider told of a chargeback. Twice, late and in any order, it changes nothing twice. */
export async function applyChargeback(
  tx: Tx,
  { provider, fact }: { provider: string; fact: ChargebackFact },
): Promise<Outcome> {
  const { attemptId, chargeRef, providerRef } = fact;
  const attempt = await findAttempt(tx, { provider, attemptId, providerRef: chargeRef });
  if (!attempt) return { refused: 'unknown_payment' };
  const orders = await lockCharged(tx, attempt);
  const known = await findChargeback(tx, { provider, providerRef });
  const refused = await whyRefused(tx, { attempt, fact, known });
  if (refused) return { refused };
  if (!known && (await isUndecided(tx, attempt))) return 'later';
  const file = known ?? (await createChargeback(tx, { attempt, fact, orders }));
  const kind = await advance(tx, { file, fact, orders, attempt }, !known);
  if (!kind) return 'ignored';
  await tellChargeback(tx, file, kind);
  return 'applied';
}

/** Nothing was captured yet, or what was is not an order's, a wallet's or on its way back yet. */
async function isUndecided(tx: Tx, { id, capturedMinor, currency }: Attempt): Promise<boolean> {
  return capturedMinor === 0 || (await balanceOf(tx.sql, accounts.payment(id), currency)) > 0;
}

async function whyRefused(
  tx: Tx,
  { attempt, fact, known }: { attempt: Attempt; fact: ChargebackFact; known: ChargebackFile | null },
): Promise<string | null> {
  if (fact.livemode !== tx.port(paymentProvidersPort).get(attempt.provider)?.livemode) return 'livemode_mismatch';
  if (fact.currency !== attempt.currency) return 'currency_mismatch';
  if (known && known.chargeback.paymentId !== attempt.id) return 'ref_mismatch';
  if (fact.amountMinor === 0) return 'amount_mismatch';
  // The shares of the orders are of the amount that was told first.
  if (known && known.chargeback.amountMinor !== fact.amountMinor) return 'amount_mismatch';
  if (known && contradicts(known.chargeback, fact)) return 'decided_otherwise';
  // What banks have given back of one payment, and kept back, is never more than was paid.
  const others = await tx.db.find(ChargebackEntity, {
    paymentId: attempt.id,
    state: { $nin: ['won', 'warning_closed'] },
  });
  const claimed = others
    .filter(({ providerRef }) => providerRef !== fact.providerRef)
    .reduce((total, { amountMinor }) => total + amountMinor, fact.amountMinor);
  return claimed > attempt.amountMinor ? 'amount_mismatch' : null;
}

/**
 * Whether a message is no old one, and says otherwise than how the chargeback ended: money has moved that is not in the
 * books, and people have to see to it.
 */
function contradicts({ state, closedAt }: Chargeback, { status }: ChargebackFact): boolean {
  if (!closedAt || status === state) return false;
  return isDecided(status) || (state === 'warning_closed' && !status.startsWith('warning_'));
}

interface Told {
  readonly file: ChargebackFile;
  readonly fact: ChargebackFact;
  readonly orders: readonly OrderWithLines[];
  readonly attempt: Attempt;
}

/** Brings a chargeback to what was told. Null when that is nothing new. */
async function advance(tx: Tx, told: Told, isNew: boolean): Promise<ChargebackChangeKind | null> {
  const { file, fact } = told;
  const { chargeback } = file;
  const at = await tx.now();
  const { funds, closedAt, evidenceDueAt } = chargeback;
  const name = moveTo[fact.status];
  const moved = name !== null && applyMove(chargebackMachine, chargeback, { name, by: 'provider', at });
  if (fact.evidenceDueAt && !isDecided(chargeback.state)) chargeback.evidenceDueAt = new Date(fact.evidenceDueAt);
  if (isNew && !isOver(chargeback, fact)) await open(tx, file);
  if (isNew && isOver(chargeback, fact)) chargeback.closedAt = at;
  if (!chargeback.closedAt) await settleFunds(tx, told);
  if (!chargeback.closedAt && isOver(chargeback, fact)) {
    chargeback.closedAt = at;
    await closeOrders(tx, { ...told, chargeback });
  }
  const changed =
    moved ||
    isNew ||
    funds !== chargeback.funds ||
    closedAt !== chargeback.closedAt ||
    evidenceDueAt?.getTime() !== chargeback.evidenceDueAt?.getTime();
  if (!changed) return null;
  if (!moved && !isNew) bump(chargeback, at);
  return kindOf(chargeback, isNew);
}

/** A win is over once the money is back, or if it was never taken. */
function isOver({ state, funds }: Chargeback, { fundsWithdrawn }: ChargebackFact): boolean {
  if (state === 'lost') return funds === 'taken';
  if (state === 'won') return funds !== 'taken' || !fundsWithdrawn;
  return state === 'warning_closed';
}

function kindOf({ state, closedAt }: Chargeback, isNew: boolean): ChargebackChangeKind {
  if (state === 'lost') return 'lost';
  if (closedAt) return state === 'won' ? 'won' : 'closed';
  return isNew ? 'opened' : 'changed';
}

/** Freezes the money of the orders that the payment paid for. */
async function open(tx: Tx, { chargeback, shares }: ChargebackFile): Promise<void> {
  await openChargebackOf(tx, chargeback.paymentId);
  for (const { orderId } of shares) {
    await openChargeback(tx, orderId);
    await disputeOrder(tx, { orderId, by: 'system' });
  }
}

async function settleFunds(tx: Tx, told: Told): Promise<void> {
  const { chargeback } = told.file;
  const { state, funds } = chargeback;
  const isGone = state === 'lost' || (!isDecided(state) && told.fact.fundsWithdrawn);
  if (funds === 'none' && isGone) await take(tx, told);
  if (funds === 'taken' && state === 'won' && !told.fact.fundsWithdrawn) await giveBack(tx, told);
}

async function take(tx: Tx, { file: { chargeback, shares }, attempt }: Told): Promise<void> {
  const { id: chargebackId, paymentId, provider } = chargeback;
  let rest = chargeback.amountMinor;
  for (const share of shares) {
    const { orderId, amountMinor } = share;
    rest -= amountMinor;
    Object.assign(share, await takeForChargeback(tx, { orderId, paymentId, provider, chargebackId }, amountMinor));
  }
  if (rest > 0) await takeRest(tx, { chargeback, attempt, rest });
  chargeback.funds = 'taken';
}

/** What no order has. Of a top-up: the wallet pays it back as far as it goes, and the payer owes the rest. */
async function takeRest(
  tx: Tx,
  { chargeback, attempt, rest }: { chargeback: Chargeback; attempt: Attempt; rest: number },
): Promise<void> {
  const { currency } = chargeback;
  const wallet = accounts.available(attempt.payerId);
  const isTopUp = attempt.purpose === 'top_up';
  const walletMinor = isTopUp ? Math.min(await balanceOf(tx.sql, wallet, currency), rest) : 0;
  const owedMinor = isTopUp ? rest - walletMinor : 0;
  const lossesMinor = isTopUp ? 0 : rest;
  Object.assign(chargeback, { walletMinor, owedMinor, lossesMinor });
  await mustPost(tx, {
    kind: 'chargeback.take',
    reference: chargeback.id,
    currency,
    postings: [
      { account: wallet, amountMinor: -walletMinor },
      { account: accounts.debt(attempt.payerId), amountMinor: -owedMinor },
      { account: accounts.losses, amountMinor: -lossesMinor },
      { account: accounts.clearing(chargeback.provider), amountMinor: rest },
    ],
  });
}

async function giveBack(tx: Tx, { file: { chargeback, shares }, attempt }: Told): Promise<void> {
  const { id: chargebackId, paymentId, provider } = chargeback;
  for (const share of shares) {
    await returnFromChargeback(tx, { orderId: share.orderId, paymentId, provider, chargebackId }, share);
  }
  await returnRest(tx, { chargeback, attempt });
  chargeback.funds = 'returned';
}

/** What the payer has paid of the debt since is in the wallet again. */
async function returnRest(
  tx: Tx,
  { chargeback, attempt: { payerId } }: { chargeback: Chargeback; attempt: Attempt },
): Promise<void> {
  const { id: reference, provider, currency, walletMinor, owedMinor, lossesMinor } = chargeback;
  // A debt that is paid at the same time is read again.
  for (let tries = 0; tries < 5; tries += 1) {
    const toDebt = owedMinor > 0 ? Math.min(owedMinor, await owedBy(tx.sql, { userId: payerId, currency })) : 0;
    const outcome = await postTransfer(tx, {
      kind: 'chargeback.return',
      reference,
      currency,
      postings: [
        { account: accounts.clearing(provider), amountMinor: -(walletMinor + owedMinor + lossesMinor) },
        { account: accounts.debt(payerId), amountMinor: toDebt },
        { account: accounts.available(payerId), amountMinor: walletMinor + owedMinor - toDebt },
        { account: accounts.losses, amountMinor: lossesMinor },
      ],
    });
    if (outcome !== 'insufficient') return;
  }
  assert(false, `the rest of chargeback ${reference} can be returned`);
}
