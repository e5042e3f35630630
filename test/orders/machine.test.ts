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
      // Disputes and hubs have commands of their own areas.
      .filter(({ by, name }) => (by === 'buyer' || by === 'seller') && name !== 'dispute')
      .map(({ name }) => name),
  ),
];
const sweeps: { move: OrderMove; job: string; from: OrderState[] }[] = [
  { move: 'expire', job: 'orders.expireUnpaid', from: ['awaiting_payment'] },
  { move: 'cancel', job: 'orders.cancelUnanswered', from: ['placed'] },
  { move: 'cancel', job: 'orders.cancelUnhandled', from: ['accepted', 'packed', 'ready_for_pickup'] },
  { move: 'confirmReceived', job: 'orders.autoReceive', from: ['delivered'] },
  { move: 'complete', job: 'orders.complete', from: ['received'] },
];

test('each move of the system that time makes has its sweep', () => {
  const timed = movesOf(orderMachine).filter(
    ({ name, by }) => by === 'system' && sweeps.some(({ move }) => move === name),
  );
  const swept = sweeps.flatMap(({ move, from }) => from.map((state) => `${move} ${state}`));
  expect(timed.map(({ name, from }) => `${name} ${from}`).toSorted()).toEqual(swept.toSorted());
});

/** Puts the order into a state as if it had come there, with a deadline that is over or far away. */
async function putInto(
  state: OrderState,
  { due, delivery = 'pickup' }: { due: boolean; delivery?: 'pickup' | 'hub' },
): Promise<void> {
  const groupState = state === 'awaiting_payment' || state === 'payment_expired' ? state : 'placed';
  const deadline = new Date(Date.now() + (due ? -1_000 : 86_400_000)).toISOString();
  const db = market.database.orm.em.getConnection();
  await db.execute('update order_group set state = ?, deadline = ? where id = ?', [
    groupState,
    deadline,
    bought.groupId,
  ]);
  await db.execute(
    'update sub_order set state = ?, deadline = ?, refund_state = null, delivery_method = ? where id = ?',
    [state, deadline, delivery, bought.orderId],
  );
  // Whatever becomes of it, its money is out of this: nothing completes before there is an escrow of it.
  await db.execute(
    `insert into escrow select id, buyer_id, seller_id, 'released', currency, 0, 0, 0, 0, null, 0, 0, null, 0, false,
       now(), 1, now(), now(), 0 from sub_order where id = ? on conflict do nothing`,
    [bought.orderId],
  );
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
      await putInto(state, { due: false, delivery: move === 'pack' ? 'hub' : 'pickup' });
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
    for (const { move, job, from } of sweeps) {
      await putInto(state, { due });
      const to = from.includes(state) ? target(orderMachine, move, { state, by: 'system' }) : null;
      await market.runJob(job);
      expect((await read()).state).toBe(to && (due || move === 'complete') ? to : state);
    }
  },
);
