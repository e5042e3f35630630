import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { freePlaces } from '../../delivery/index.ts';
import { assert } from '../../kernel/errors.ts';
import { target } from '../../kernel/machine.ts';
import { idList, plainRows } from '../../kernel/plain-rows.ts';
import { walletChanged } from '../../ledger/index.ts';
import { OrderEntity, OrderGroupEntity, OrderLineEntity, type Order, type OrderGroup } from '../entities.ts';
import { orderChanged, orderTold } from '../events.ts';
import { orderGroupMachine, orderMachine } from '../machine.ts';
import { tellOrders } from '../moving.ts';
import { releaseUnpaid } from '../unpaid.ts';
import type { OrderWithLines } from '../views.ts';

/**
 * Groups of one transaction: many, because its statements are few and the same for any number, and because people and
 * listings that come up again in a batch are locked and written once.
 */
export const expiryBatch = 2_000;
/** Of these at most so many of which the wallet pays a part: what is held of a wallet is given back one by one. */
const walletBatch = 100;

const from = 'awaiting_payment';
const expire = { name: 'expire', by: 'system' } as const;

export const expireUnpaid = defineCommand({
  access: 'system',
  name: 'orders.expireUnpaid',
  summary: 'Expire groups whose payment window is over; their stock is given back last.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  emits: [orderChanged, orderTold, walletChanged],
  async run({ tx }) {
    const groups = await expireGroups(tx);
    if (groups.length === 0) return { swept: 0 };
    await tellOrders(tx, await expireOrdersOf(tx, groups), 'expired');
    await releaseUnpaid(tx, groups);
    // A batch that has all it may have of one kind is full, whatever it has of the other.
    const wallets = groups.filter(({ walletMinor }) => walletMinor > 0).length;
    const isFull = wallets === walletBatch || groups.length - wallets === expiryBatch - walletBatch;
    return { swept: isFull ? expiryBatch : groups.length };
  },
});

/**
 * Expires the groups that are longest past their deadline; those that someone else is working on are left to them.
 * Where many are due, those come first that are expired together.
 */
async function expireGroups(tx: Tx): Promise<OrderGroup[]> {
  const at = (await tx.now()).toISOString();
  const to = target(orderGroupMachine, expire.name, { state: from, by: expire.by });
  // The state stands in the text, for the partial indexes.
  const due = (wallet: RawBuilder<unknown>, limit: number) => sql`
    select id from order_group
    where state = ${sql.lit(from)} and deadline <= ${at}::timestamptz and ${wallet}
    order by deadline limit ${limit} for update skip locked`;
  const first = sql`
    held as materialized (${due(sql`wallet_minor > 0`, walletBatch)}),
    free as materialized (${due(sql`wallet_minor = 0`, expiryBatch - walletBatch)}),
    expired as (
      update order_group g
      set state = ${to}, attempts_due = true, version = g.version + 1, updated_at = ${at}::timestamptz
      where g.id = any(array(select id from held union all select id from free))
      returning g.*
    )`;
  return plainRows(tx.db, OrderGroupEntity, { first, returned: 'expired' });
}

/** Moves the groups' orders and notes it. The groups are locked, and with them nobody else can move these orders. */
async function expireOrdersOf(tx: Tx, groups: readonly OrderGroup[]): Promise<OrderWithLines[]> {
  const at = (await tx.now()).toISOString();
  const to = target(orderMachine, expire.name, { state: from, by: expire.by });
  const first = sql`
    before as materialized (
      select id from sub_order where group_id = ${idList(groups.map(({ id }) => id))} and state = ${from}
      order by id for update
    ), moved as (
      update sub_order o
      set state = ${to}, deadline = null, remind_at = null, reminders = 0, version = o.version + 1,
        updated_at = ${at}::timestamptz
      from before where o.id = before.id
      returning o.*
    ), noted as (
      insert into order_move (order_id, version, name, from_state, to_state, by_side, at)
      select id, version, ${expire.name}, ${from}, state, ${expire.by}, updated_at from moved
    )`;
  const orders = await plainRows(tx.db, OrderEntity, { first, returned: 'moved' });
  assertWhole(groups, orders);
  const byHub = orders.filter(({ hubId }) => hubId !== null).map(({ id }) => id);
  if (byHub.length > 0) await freePlaces(tx, byHub);
  const ids = idList(orders.map(({ id }) => id));
  const lines = await plainRows(tx.db, OrderLineEntity, sql`where order_id = ${ids} order by id`);
  const byOrder = Map.groupBy(lines, ({ orderId }) => orderId);
  return orders.map((order) => ({ order, lines: byOrder.get(order.id) ?? [] }));
}

/** The orders of an unpaid group are all unpaid: what they cost is what the group costs. */
function assertWhole(groups: readonly OrderGroup[], orders: readonly Order[]): void {
  const sums = new Map<string, number>();
  for (const { groupId, totalMinor } of orders) sums.set(groupId, (sums.get(groupId) ?? 0) + totalMinor);
  for (const { id, totalMinor } of groups) assert(sums.get(id) === totalMinor, `group ${id} expires with its orders`);
}
