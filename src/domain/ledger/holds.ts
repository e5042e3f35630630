import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import type { Tx } from '../kernel/define.ts';
import { newId, type UserId } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';
import { accounts } from './accounts.ts';
import { payDebt } from './debts.ts';
import { HoldEntity, type Hold } from './entities.ts';
import { mustPost, postTransfer } from './post.ts';

/** What money is held for; one hold each. */
export interface HoldKey {
  readonly purpose: string;
  readonly purposeId: string;
}

/**
 * Sets money of a wallet aside, once its owner's debt is paid. A second time for the same purpose changes nothing and
 * answers `known`.
 */
export async function openHold(
  tx: Tx,
  { purpose, purposeId, ...held }: HoldKey & { userId: UserId; currency: Currency; amountMinor: number },
): Promise<'held' | 'known' | 'insufficient'> {
  await tx.db.flush();
  const id = newId();
  const now = (await tx.now()).toISOString();
  const { numAffectedRows } = await sql`
    insert into ledger_hold (id, user_id, currency, amount_minor, purpose, purpose_id, state, created_at, updated_at)
    values (${id}, ${held.userId}, ${held.currency}, ${held.amountMinor}, ${purpose}, ${purposeId}, 'held',
            ${now}::timestamptz, ${now}::timestamptz)
    on conflict on constraint ledger_hold_once do nothing`.execute(tx.sql);
  if (numAffectedRows === 0n) return 'known';
  await payDebt(tx, held);
  const outcome = await postTransfer(tx, {
    kind: 'wallet.hold',
    reference: id,
    currency: held.currency,
    postings: [
      { account: accounts.available(held.userId), amountMinor: -held.amountMinor },
      { account: accounts.reserved(held.userId), amountMinor: held.amountMinor },
    ],
  });
  if (outcome !== 'insufficient') return 'held';
  await sql`delete from ledger_hold where id = ${id}`.execute(tx.sql);
  return 'insufficient';
}

/**
 * Marks a hold as spent, once, and hands it out: the caller posts its amount away from the reserved account in the same
 * transaction. Null when it was spent or given back before, or there is none. Of several keys, one holds at a time.
 */
export async function spendHold(tx: Tx, ...keys: readonly HoldKey[]): Promise<Hold | null> {
  return resolve(tx, keys, 'spent');
}

/** Gives a hold back, once. False when it was spent or given back before, or there is none. */
export async function voidHold(
  tx: Tx,
  key: HoldKey,
  kind: 'wallet.void' | 'take.refund' = 'wallet.void',
): Promise<boolean> {
  const hold = await resolve(tx, [key], 'voided');
  if (!hold) return false;
  await mustPost(tx, {
    kind,
    reference: hold.id,
    currency: hold.currency,
    postings: [
      { account: accounts.reserved(hold.userId), amountMinor: -hold.amountMinor },
      { account: accounts.available(hold.userId), amountMinor: hold.amountMinor },
    ],
  });
  return true;
}

async function resolve(tx: Tx, keys: readonly HoldKey[], state: Exclude<Hold['state'], 'held'>): Promise<Hold | null> {
  await tx.db.flush();
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  const which = keys.map(({ purpose, purposeId }) => ({ purpose, purposeId }));
  const hold = await tx.db.findOne(HoldEntity, { $or: which, state: 'held' }, lock);
  if (!hold) return null;
  hold.state = state;
  hold.updatedAt = await tx.now();
  return hold;
}
