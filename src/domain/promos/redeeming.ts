import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { bump } from '../kernel/machine.ts';
import { idList } from '../kernel/plain-rows.ts';
import { PromoEntity, PromoUseEntity, type PromoId } from './entities.ts';
import { quoteOf, type PromoAttempt, type PromoQuote, type PromoRefusal } from './quoting.ts';

const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;

/**
 * Uses a code for a purchase, or says why not. The promo's row is locked until the end of the transaction, so that no
 * use is counted beyond its limits; lock listings before. The same purchase again gets the first answer.
 */
export async function redeemPromo(
  tx: Tx,
  { groupId, ...attempt }: PromoAttempt & { groupId: string },
): Promise<PromoQuote | PromoRefusal> {
  await tx.db.flush();
  const promo = await tx.db.findOne(PromoEntity, { code: attempt.code }, lock);
  if (!promo) return 'promos.not_found';
  const known = await tx.db.findOne(PromoUseEntity, { groupId, promoId: promo.id });
  if (known) return { code: promo.code, discountMinor: known.discountMinor };
  // With another code at once, neither order would see the other one.
  if (promo.firstOrderOnly) {
    const key = `first_order:${attempt.userId}`;
    await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(tx.sql);
  }
  const now = await tx.now();
  const quote = await quoteOf(tx.db, promo, { ...attempt, now });
  if (typeof quote === 'string') return quote;
  const { userId, currency } = attempt;
  const { discountMinor } = quote;
  const use = { groupId, promoId: promo.id, userId, discountMinor, currency, createdAt: now, returnedAt: null };
  tx.db.create(PromoUseEntity, use);
  promo.uses += 1;
  bump(promo, now);
  await tx.db.flush();
  return quote;
}

/**
 * Purchases that ended unpaid, or were cancelled before they were placed, have used nothing. Harmless where there was
 * no code, and a second time. Locks the promos, in the order of their ids.
 */
export async function returnPromos(tx: Tx, groupIds: readonly string[]): Promise<void> {
  await recount(tx, groupIds, true);
}

/** A purchase that had ended is paid after all: its discount stands, so its use counts again, also beyond limits. */
export async function restorePromo(tx: Tx, groupId: string): Promise<void> {
  await recount(tx, [groupId], false);
}

async function recount(tx: Tx, groupIds: readonly string[], isReturned: boolean): Promise<void> {
  await tx.db.flush();
  const { rows: used } = await sql<{ group_id: string; promo_id: PromoId }>`
    select group_id, promo_id from promo_use
    where group_id = ${idList(groupIds)} and (returned_at is null) = ${isReturned}`.execute(tx.sql);
  if (used.length === 0) return;
  const ids = [...new Set(used.map((use) => use.promo_id))];
  const promos = await tx.db.find(PromoEntity, { id: { $in: ids } }, { ...lock, orderBy: { id: 'asc' } });
  const byId = new Map(promos.map((promo) => [promo.id, promo]));
  const now = await tx.now();
  const ofGroups = { groupId: { $in: used.map((use) => use.group_id) }, returnedAt: isReturned ? null : { $ne: null } };
  for (const use of await tx.db.find(PromoUseEntity, ofGroups, { refresh: true })) {
    const promo = byId.get(use.promoId);
    assert(promo, `promo ${use.promoId} of a use is locked`);
    use.returnedAt = isReturned ? now : null;
    promo.uses += isReturned ? -1 : 1;
    bump(promo, now);
  }
  await tx.db.flush();
}
