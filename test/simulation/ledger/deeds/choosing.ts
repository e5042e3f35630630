import type { Deed, Step } from '../plan.ts';
import type { Scene, Stage } from '../stage.ts';

// Whoever does something mostly does it where it can succeed: a choice by chance alone would mostly be refused. By the
// time it is done somebody else may have been faster.

const underWay = ['placed', 'accepted', 'packed', 'ready_for_pickup', 'delivered', 'received'];

/** The states of orders in which a deed makes sense; any, where it is not listed. */
const sensible: Readonly<Partial<Record<Deed, readonly string[]>>> = {
  advance: ['awaiting_payment', ...underWay, 'at_hub', 'out_for_delivery', 'disputed', 'returned'],
  pay: ['awaiting_payment'],
  payFromWallet: ['awaiting_payment'],
  payCash: ['awaiting_payment'],
  cancelOrder: ['awaiting_payment', 'placed'],
  receive: ['delivered'],
  askBack: ['delivered', 'delivered', ...underWay],
  takeBackAsk: underWay,
  approve: underWay,
  deny: underWay,
  dispute: ['delivered'],
  withdrawDispute: ['disputed'],
  answer: ['disputed'],
  concede: ['disputed'],
  decide: ['disputed'],
  accept: ['placed'],
  reject: ['placed'],
  ready: ['accepted'],
  handOver: ['ready_for_pickup'],
  pack: ['accepted'],
  carry: ['packed', 'at_hub', 'out_for_delivery', 'returned'],
  collect: ['at_hub', 'out_for_delivery'],
  fail: ['out_for_delivery'],
  sendBack: ['at_hub'],
};

export interface Chosen {
  readonly id: string;
  readonly state: string;
  readonly seller: Scene['sellers'][number];
  readonly buyer: Scene['buyers'][number];
  readonly groupId: string;
}

/** Of those that fit, the one that the step names; of all when none does, and now and then all the same. */
export async function chooseOrder(stage: Stage, scene: Scene, step: Step): Promise<Chosen | null> {
  const all = scene.groups.flatMap(({ id: groupId, buyer, orders }) =>
    orders.map((order) => ({ ...order, buyer, groupId })),
  );
  if (all.length === 0) return null;
  const ids = all.map(({ id }) => `'${id}'`).join(',');
  const rows = await stage.query<{ id: string; state: string }>(`select id, state from sub_order where id in (${ids})`);
  const states = new Map(rows.map(({ id, state }) => [id, state]));
  const orders = all.map((order) => ({ ...order, state: states.get(order.id)! }));
  const wanted = sensible[step.do];
  const fitting = wanted && step.share !== 1 ? orders.filter(({ state }) => wanted.includes(state)) : [];
  const from = fitting.length > 0 ? fitting : orders;
  return from[step.which % from.length]!;
}

/** Of the attempts that the bank has charged, or of all. */
export async function choosePayment(
  stage: Stage,
  { payments }: Scene,
  { which, share }: Step,
): Promise<Scene['payments'][number] | null> {
  if (payments.length === 0) return null;
  const ids = payments.map(({ id }) => `'${id}'`).join(',');
  const rows = await stage.query<{ id: string }>(
    `select id from payment where id in (${ids}) and captured_minor > 0 order by id`,
  );
  const charged = new Set(rows.map(({ id }) => id));
  const fitting = share === 1 ? [] : payments.filter(({ id }) => charged.has(id));
  const from = fitting.length > 0 ? fitting : payments;
  return from[which % from.length]!;
}
