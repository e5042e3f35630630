import { sql } from 'kysely';
import type { Db } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { MerchantEntity } from './entities.ts';
import { workers, workingStates, type Work } from './policy.ts';

/** Whom a person may sell for: themselves first, then the owners of the shops whose team they are in. */
export async function sellersFor(db: Db, userId: UserId, work: Work): Promise<UserId[]> {
  const { rows } = await shopsWhere(db, work, sql`member.user_id = ${userId}`);
  return [userId, ...rows.map((row) => row.owner_id).filter((ownerId) => ownerId !== userId)];
}

/** Whether a person may do this work for a seller. For oneself it costs no question to the database. */
export async function actsFor(
  db: Db,
  { userId, sellerId }: { userId: UserId; sellerId: UserId },
  work: Work,
): Promise<boolean> {
  if (userId === sellerId) return true;
  const where = sql`member.user_id = ${userId} and merchant.owner_id = ${sellerId}`;
  return (await shopsWhere(db, work, where)).rows.length > 0;
}

/** The seller of a shop for which a person may do this work, or null. */
export async function sellerOf(
  db: Db,
  { userId, merchantId }: { userId: UserId; merchantId: string },
  work: Work,
): Promise<UserId | null> {
  const where = sql`member.user_id = ${userId} and merchant.id = ${merchantId}`;
  return (await shopsWhere(db, work, where)).rows[0]?.owner_id ?? null;
}

/** The sellers whose list a person asks for: a shop's, or all whom `sellersFor` names. Null for no such shop. */
export async function sellersAsked(
  db: Db,
  { userId, merchantId }: { userId: UserId; merchantId: string | undefined },
  work: Work,
): Promise<UserId[] | null> {
  if (merchantId === undefined) return sellersFor(db, userId, work);
  const sellerId = await sellerOf(db, { userId, merchantId }, work);
  return sellerId === null ? null : [sellerId];
}

/** Whose listings and orders are a shop's, or null when there is no such shop. */
export async function ownerOf(db: Db, merchantId: string): Promise<UserId | null> {
  const shop = await db.findOne(MerchantEntity, { id: merchantId as never, state: { $ne: 'closed' } });
  return shop?.ownerId ?? null;
}

/** The shops whose listings and orders are these sellers', by seller; most have none. */
export async function shopsOf(db: Db, sellerIds: readonly UserId[]): Promise<Map<UserId, string>> {
  const where = { ownerId: { $in: [...new Set(sellerIds)] }, state: { $ne: 'closed' } } as const;
  const shops = await db.find(MerchantEntity, where, { fields: ['id', 'ownerId'] });
  return new Map(shops.map(({ id, ownerId }) => [ownerId, id]));
}

/** Whether the person owns a shop that is open: it must be handed over or closed before the account ends. */
export async function ownsLiveShop(db: Db, userId: UserId): Promise<boolean> {
  return (await db.count(MerchantEntity, { ownerId: userId, state: 'active' })) > 0;
}

async function shopsWhere(db: Db, work: Work, where: ReturnType<typeof sql>) {
  return sql<{ owner_id: UserId }>`
    select merchant.owner_id from merchant_member member join merchant on merchant.id = member.merchant_id
    where ${where} and member.role = any(${`{${workers[work].join(',')}}`}::text[])
      and merchant.state = any(${`{${workingStates[work].join(',')}}`}::text[])
    order by merchant.id`.execute(db.getKysely());
}
