import type { Books } from './books.ts';

/** What cannot be known from the rows alone. */
export interface Expected {
  /** Units that each listing had at the beginning; those that are not listed are not counted. */
  readonly stock: ReadonlyMap<string, number>;
  /** Everything that was due has been done, and the bank's last word has been heard. */
  readonly isQuiet: boolean;
}

/** Everything that is wrong with the books, in words; empty when nothing is. */
export function judgeBooks(books: Books, { stock, isQuiet }: Expected): string[] {
  return [
    ...transfersOf(books),
    ...balancesOf(books),
    ...holdsOf(books),
    ...escrowsOf(books),
    ...paymentsOf(books, isQuiet),
    ...refundsOf(books),
    ...listingsOf(books, stock),
  ];
}

const sum = (amounts: readonly string[]) => amounts.reduce((total, amount) => total + BigInt(amount), 0n);

function transfersOf({ transfers, postings }: Books): string[] {
  const byTransfer = Map.groupBy(postings, ({ transfer_id: id }) => id);
  const sums = transfers.flatMap(({ id, kind, reference }) => {
    const own = byTransfer.get(id) ?? [];
    const byCurrency = Map.groupBy(own, ({ currency }) => currency);
    const off = [...byCurrency.values()].some((part) => sum(part.map(({ amount }) => amount)) !== 0n);
    return off || own.length < 2 ? [`transfer ${kind} ${reference} does not sum to zero`] : [];
  });
  const seen = new Set<string>();
  const twice = transfers.flatMap(({ kind, reference }) => {
    const key = `${kind} ${reference}`;
    return seen.size === seen.add(key).size ? [`transfer ${key} is there twice`] : [];
  });
  const known = new Set(transfers.map(({ id }) => id));
  const lost = [...byTransfer.keys()].filter((id) => !known.has(id)).map((id) => `postings of no transfer ${id}`);
  return [...sums, ...twice, ...lost];
}

function balancesOf({ accounts, postings }: Books): string[] {
  const byAccount = Map.groupBy(postings, ({ account_id: id }) => id);
  return accounts.flatMap(({ id, code, currency, side, balance, version }) => {
    const own = (byAccount.get(id) ?? []).toSorted((a, b) => a.version - b.version);
    const total = sum(own.map(({ amount }) => amount));
    const wrong: string[] = [];
    if (total !== BigInt(balance)) wrong.push(`${code} ${currency} holds ${balance}, its journal says ${total}`);
    if (BigInt(side) * BigInt(balance) < 0n) wrong.push(`${code} ${currency} is beyond its bound with ${balance}`);
    let running = 0n;
    const chained = own.every((posting, index) => {
      running += BigInt(posting.amount);
      return posting.version === index + 1 && BigInt(posting.balance) === running;
    });
    if (!chained || own.length !== version) wrong.push(`the postings of ${code} ${currency} are no chain`);
    return wrong;
  });
}

/** Held money is in the reserved account, and a hold is given back or spent once. */
function holdsOf({ accounts, holds, transfers }: Books): string[] {
  const reserved = accounts.filter(({ code }) => code.endsWith(':reserved'));
  const sums = reserved.flatMap(({ code, currency, balance }) => {
    const own = holds.filter(
      (hold) => hold.state === 'held' && hold.currency === currency && code === `user:${hold.user_id}:reserved`,
    );
    const held = sum(own.map(({ amount }) => amount));
    return held === BigInt(balance) ? [] : [`${code} ${currency} holds ${balance}, its holds are ${held}`];
  });
  const count = (kind: string, id: string) =>
    transfers.filter((one) => one.kind === kind && one.reference === id).length;
  const moves = holds.flatMap(({ id, state }) => {
    const given = count('wallet.void', id) + count('take.refund', id);
    const isRight = count('wallet.hold', id) === 1 && given === (state === 'voided' ? 1 : 0);
    return isRight ? [] : [`hold ${id} is ${state} and was given back ${given} times`];
  });
  return [...sums, ...moves];
}

/** What went into an escrow is there, or went back, or was released: never twice. */
function escrowsOf({ accounts, escrows }: Books): string[] {
  return escrows.flatMap(({ order_id: orderId, state, currency, funded, returned, released, released_at: at }) => {
    const account = accounts.find((one) => one.code === `escrow:${orderId}` && one.currency === currency);
    const left = BigInt(funded) - BigInt(returned) - BigInt(released);
    const wrong: string[] = [];
    if (BigInt(account?.balance ?? 0) !== left) {
      wrong.push(`escrow of ${orderId} holds ${account?.balance ?? 0}, its row says ${left}`);
    }
    const isOver = ['released', 'refunded', 'split'].includes(state);
    if (left < 0n || (isOver && left !== 0n)) wrong.push(`escrow of ${orderId} is ${state} with ${left} in it`);
    if (BigInt(released) > 0n !== (at !== null)) wrong.push(`escrow of ${orderId} was released without a time`);
    return wrong;
  });
}

/** The market knows what the bank knows, and money that was taken belongs to somebody. */
function paymentsOf({ accounts, payments, transfers, postings }: Books, isQuiet: boolean): string[] {
  return payments.flatMap(({ id, state, amount, captured, charged, refunded }) => {
    const own = accounts.filter(({ code }) => code === `payment:${id}`);
    const captures = new Set(
      transfers
        .filter(({ kind, reference }) => kind === 'payment.capture' && reference.startsWith(id))
        .map((transfer) => transfer.id),
    );
    const booked = postings.filter(
      (one) => captures.has(one.transfer_id) && own.some((account) => account.id === one.account_id),
    );
    const wrong: string[] = [];
    if (sum(booked.map((one) => one.amount)) !== BigInt(captured)) {
      wrong.push(`payment ${id} has captured ${captured}, which the journal does not say`);
    }
    if (BigInt(captured) > BigInt(amount)) wrong.push(`payment ${id} captured more than it asked for`);
    if (BigInt(refunded) > BigInt(captured)) wrong.push(`payment ${id} gave back more than it took`);
    if (!isQuiet) return wrong;
    if (captured !== charged) wrong.push(`payment ${id} (${state}) has ${captured}, the bank took ${charged}`);
    if (own.some(({ balance }) => balance !== '0')) wrong.push(`money of payment ${id} belongs to nobody`);
    return wrong;
  });
}

/** What is on its way back is reserved, and no payment gives back more than it took. */
function refundsOf({ accounts, payments, refunds }: Books): string[] {
  const reserves = refunds.flatMap(({ id, state, amount }) => {
    const balance = sum(accounts.filter(({ code }) => code === `refund:${id}`).map((account) => account.balance));
    const isUnderWay = ['approved', 'submitted', 'pending'].includes(state);
    if (isUnderWay && balance !== BigInt(amount)) return [`refund ${id} of ${amount} has ${balance} reserved`];
    return state === 'succeeded' && balance !== 0n ? [`refund ${id} has arrived and still has ${balance}`] : [];
  });
  const totals = payments.flatMap(({ id, captured }) => {
    const own = refunds.filter((refund) => refund.payment_id === id && refund.state !== 'failed');
    const total = sum(own.map(({ amount }) => amount));
    return total > BigInt(captured) ? [`refunds of payment ${id} add up to ${total} of ${captured}`] : [];
  });
  return [...reserves, ...totals];
}

/** No unit is sold twice, lost or kept for nobody. */
function listingsOf({ listings }: Books, stock: Expected['stock']): string[] {
  return listings.flatMap(({ id, quantity, reserved, kept, sold }) => {
    const wrong: string[] = [];
    if (quantity < 0 || reserved < 0 || reserved > quantity) {
      wrong.push(`listing ${id} has ${quantity} units, ${reserved} of them reserved`);
    }
    if (reserved !== kept) wrong.push(`listing ${id} counts ${reserved} reserved units, its reservations ${kept}`);
    const initial = stock.get(id);
    if (initial !== undefined && quantity + sold !== initial) {
      wrong.push(`listing ${id} had ${initial} units: ${quantity} are there and ${sold} are sold`);
    }
    return wrong;
  });
}
