import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import type { Db, Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import type { UserId } from '../kernel/ids.ts';
import { bump } from '../kernel/machine.ts';
import { CartEntity, CartItemEntity, type Cart } from './entities.ts';
import { cartChanged, type CartChangeKind } from './events.ts';
import { cartView, type CartView, type CartWithItems } from './views.ts';

// Carts are locked after listings, never before one.
const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;

/** Locks a person's cart; null where there never was one. */
export async function lockCart(tx: Tx, userId: UserId): Promise<CartWithItems | null> {
  await tx.db.flush();
  const cart = await tx.db.findOne(CartEntity, { userId }, lock);
  return cart && (await withItems(tx.db, [cart]))[0]!;
}

/** The same, beginning one where there is none. */
export async function openCart(tx: Tx, userId: UserId): Promise<CartWithItems> {
  const at = (await tx.now()).toISOString();
  await sql`insert into cart (user_id, version, created_at, updated_at)
    values (${userId}, 0, ${at}::timestamptz, ${at}::timestamptz) on conflict do nothing`.execute(tx.sql);
  const found = await lockCart(tx, userId);
  assert(found, `the cart of ${userId} exists`);
  return found;
}

/** Several carts, locked in the order of their owners. */
export async function lockCarts(tx: Tx, userIds: readonly UserId[]): Promise<CartWithItems[]> {
  await tx.db.flush();
  const which = { userId: { $in: [...userIds] } };
  return withItems(tx.db, await tx.db.find(CartEntity, which, { ...lock, orderBy: { userId: 'asc' } }));
}

export async function withItems(db: Db, carts: readonly Cart[]): Promise<CartWithItems[]> {
  const which = { userId: { $in: carts.map(({ userId }) => userId) } };
  const items = await db.find(CartItemEntity, which, { orderBy: { createdAt: 'asc', id: 'asc' }, refresh: true });
  const byOwner = Map.groupBy(items, ({ userId }) => userId);
  return carts.map((cart) => ({ cart, items: byOwner.get(cart.userId) ?? [] }));
}

/** Counts a change of a locked cart, tells its owner and returns the view. `items` are those it has now. */
export async function tellCart(tx: Tx, found: CartWithItems, kind: CartChangeKind): Promise<CartView> {
  const [view] = await tellCarts(tx, [found], kind);
  return view!;
}

/** The same for several carts to which the same has happened. */
export async function tellCarts(tx: Tx, carts: readonly CartWithItems[], kind: CartChangeKind): Promise<CartView[]> {
  const now = await tx.now();
  for (const { cart } of carts) bump(cart, now);
  await tx.db.flush();
  return carts.map((found) => {
    const view = cartView(tx, found);
    tx.emit(cartChanged, found.cart.userId, { view, change: { kind } });
    return view;
  });
}
