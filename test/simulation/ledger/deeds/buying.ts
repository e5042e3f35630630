import type { TestUser } from '../../../support/harness.ts';
import { north } from '../../../delivery/depot.ts';
import type { Step } from '../plan.ts';
import { attempt, first, run, type Scene, type Stage } from '../stage.ts';
import { chooseOrder } from './choosing.ts';

export type Play = (stage: Stage, scene: Scene, step: Step) => Promise<unknown>;
export type Group = Scene['groups'][number];

/** How a buyer has things brought, and what of them the wallet and a code pay. */
async function wish(stage: Stage, scene: Scene, { way, share, hasPromo, who }: Step): Promise<object> {
  const { hubId } = stage.depots[scene.currency];
  const address = { text: 'The blue gate', location: north };
  const buyer = scene.buyers[who]!;
  const available = await availableOf(stage, buyer, scene);
  const walletMinor = Math.floor((available * share) / 100);
  return {
    delivery: { method: way, ...(way !== 'pickup' && { hubId }), ...(way === 'courier' && { address }) },
    paymentMethod: 'sandbox',
    ...(walletMinor > 0 && { walletMinor }),
    ...(hasPromo && { promo: scene.promo }),
  };
}

export async function availableOf(stage: Stage, { id }: TestUser, { currency }: Scene): Promise<number> {
  const row = await first<{ balance: string }>(
    stage,
    `select balance_minor::text as balance from ledger_account
     where code = 'user:${id}:available' and currency = '${currency}'`,
  );
  return Number(row?.balance ?? 0);
}

function keep(scene: Scene, who: number, placed: any): void {
  if (!placed) return;
  const sellerOf = ({ seller }: { seller: { id: string } }) => scene.sellers.find(({ id }) => id === seller.id)!;
  const orders = placed.orders.map((order: any) => ({ id: order.id, seller: sellerOf(order) }));
  scene.groups.push({ buyer: scene.buyers[who]!, id: placed.id, orders });
}

export const place: Play = async (stage, scene, step) => {
  const { who, which, quantity } = step;
  const listingId = scene.listingIds[which % scene.listingIds.length]!;
  const placing = await wish(stage, scene, step);
  keep(scene, who, await attempt(stage, scene.buyers[who]!)('orders.place', { listingId, quantity, ...placing }));
};

/** Things of both sellers in one purchase. */
export const checkOut: Play = async (stage, scene, step) => {
  const buyer = scene.buyers[step.who]!;
  for (const listingId of scene.listingIds) await attempt(stage, buyer)('cart.setItem', { listingId, quantity: 1 });
  const placed = await attempt(stage, buyer)('cart.checkout', await wish(stage, scene, step));
  keep(scene, step.who, placed);
};

async function start(stage: Stage, scene: Scene, { group, method }: { group: Group; method: string }): Promise<any> {
  const started = await attempt(stage, group.buyer)('payments.start', { orderGroupId: group.id, method });
  const id = started?.payment.id;
  if (method === 'sandbox' && id && !scene.payments.some((known) => known.id === id)) {
    scene.payments.push({ id, payer: group.buyer });
  }
  return started;
}

const payBy =
  (method: 'sandbox' | 'wallet' | 'cod'): Play =>
  async (stage, scene, step) => {
    const order = await chooseOrder(stage, scene, step);
    const group = scene.groups.find(({ id }) => id === order?.groupId);
    if (group && (await start(stage, scene, { group, method })) && method === 'sandbox')
      await run(stage, 'payments.submit');
  };
export const pay = payBy('sandbox');
export const payFromWallet = payBy('wallet');
export const payCash = payBy('cod');

export const cancelPayment: Play = async (stage, { payments }, { which }) => {
  const payment = payments.at(-1 - (which % Math.max(1, payments.length)));
  return payment && attempt(stage, payment.payer)('payments.cancel', { paymentId: payment.id });
};

/** Staff take a part of what is authorized, or all of it. */
export const capture: Play = async (stage, { payments }, { which, share }) => {
  const payment = payments.at(-1 - (which % Math.max(1, payments.length)));
  if (!payment) return;
  const row = await first<{ amount: string }>(
    stage,
    `select amount_minor::text as amount from payment where id = '${payment.id}'`,
  );
  const amountMinor = Math.max(1, Math.floor((Number(row!.amount) * share) / 100));
  await attempt(stage, stage.admin)('payments.capture', { paymentId: payment.id, ...(share < 100 && { amountMinor }) });
};
