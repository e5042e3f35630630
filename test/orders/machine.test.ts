import { afterAll, beforeAll, expect, test } from 'vitest';
import { movesOf, target } from '../../src/domain/kernel/index.ts';
import { orderMachine, type OrderMove, type OrderState } from '../../src/domain/orders/machine.ts';
import type { Harness, TestUser } from '../support/harness.ts';
import { createMarket, purchase, type Purchase } from '../payments/bank.ts';

let market: Harness;
let bought: Purchase;
let stranger: TestUser;
beforeAll(async () => {
  ({ market } = await createMarket());
  bought = await purchase(market, { quantity: 500 });
  stranger = await market.user();
});
afterAll(() => market.close());

const moves = [
  ...new Set(
    movesOf(orderMachine)
      .filter(({ by }) => by !== 'system')
      .map(({ name }) => name),
  ),
];
const sweeps: Partial<Record<OrderMove, string>> = {
  expire: 'orders.expireUnpaid',
  cancel: 'orders.cancelUnanswered',
  confirmReceived: 'orders.autoReceive',
  complete: 'orders.complete',
};

/** Puts the order into a state as if it had come there, with a deadline that is over or far away. */
async function putInto(state: OrderState, { due }: { due: boolean }): Promise<void> {
  const groupState = state === 'awaiting_payment' || state === 'payment_expired' ? state : 'placed';
  const deadline = new Date(Date.now() + (due ? -1_000 : 86_400_000)).toISOString();
  const db = market.database.orm.em.getConnection();
  await db.execute('update order_group set state = ?, deadline = ? where id = ?', [
    groupState,
    deadline,
    bought.groupId,
  ]);
  await db.execute('update sub_order set state = ?, deadline = ?, refund_state = null where id = ?', [
    state,
    deadline,
    bought.orderId,
  ]);
}

async function read(): Promise<{ state: OrderState; version: number; pickup_code: string }> {
  const rows = await market.database.orm.em
    .getConnection()
    .execute('select * from sub_order where id = ?', [bought.orderId]);
  return (rows as never[])[0]!;
}

test.each(orderMachine.states.flatMap((state) => moves.map((move) => ({ state, move }))))(
  'from $state, $move is open to exactly the sides that the machine names',
  async ({ state, move }) => {
    for (const side of ['buyer', 'seller'] as const) {
      await putInto(state, { due: false });
      const before = await read();
      const input = { orderId: bought.orderId, ...(move === 'handOver' && { pickupCode: before.pickup_code }) };
      expect(await market.fails(stranger, `orders.${move}`, input)).toBe('orders.not_found');
      const { allowedActions } = await market.ok(bought[side], 'orders.get', { orderId: bought.orderId });
      const reply = await market.call(bought[side], `orders.${move}`, input);
      const to = target(orderMachine, move, { state, by: side });
      expect(reply.ok || reply.error.code).toBe(to ? true : 'orders.not_possible');
      expect(allowedActions.includes(`orders.${move}`)).toBe(to !== null);
      expect(await read()).toMatchObject({ state: to ?? state, version: before.version + (to ? 1 : 0) });
    }
  },
);

test.each(orderMachine.states.flatMap((state) => [true, false].map((due) => ({ state, due }))))(
  "sweeping an order in $state (due: $due) makes exactly the system's move",
  async ({ state, due }) => {
    for (const [move, job] of Object.entries(sweeps) as [OrderMove, string][]) {
      await putInto(state, { due });
      const to = target(orderMachine, move, { state, by: 'system' });
      await market.runJob(job);
      expect((await read()).state).toBe(to && (due || move === 'complete') ? to : state);
    }
  },
);
