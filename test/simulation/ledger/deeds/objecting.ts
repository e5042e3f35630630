import { attempt, first, type Stage } from '../stage.ts';
import type { Play } from './buying.ts';
import { chooseOrder } from './choosing.ts';

const part = (amount: number, share: number) => Math.max(1, Math.floor((amount * share) / 100));

/** For one unit, for an amount, or for all that is left. */
export const askBack: Play = async (stage, scene, step) => {
  const order = await chooseOrder(stage, scene, step);
  if (!order) return;
  const row = await first<{ total: string; listing: string }>(
    stage,
    `select o.total_minor::text as total, (select listing_id from order_line where order_id = o.id limit 1) as listing
     from sub_order o where id = '${order.id}'`,
  );
  const ofUnit = step.quantity === 2 && step.who === 1;
  const wanted = ofUnit
    ? { lines: [{ listingId: row!.listing, quantity: 1 }] }
    : { ...(step.share < 100 && { amountMinor: part(Number(row!.total), step.share) }) };
  await attempt(stage, order.buyer)('refunds.request', { orderId: order.id, reason: 'It is broken', ...wanted });
};

/** The request of an order that was made last. */
async function requestOf(stage: Stage, orderId: string): Promise<{ id: string; amount: string } | null> {
  return first(
    stage,
    `select id, amount_minor::text as amount from refund_request where order_id = '${orderId}'
     order by (state = 'requested') desc, created_at desc limit 1`,
  );
}

const onRequest =
  (side: 'buyer' | 'seller' | 'admin', name: string, fields: object = {}): Play =>
  async (stage, scene, step) => {
    const order = await chooseOrder(stage, scene, step);
    const request = order && (await requestOf(stage, order.id));
    if (!order || !request) return;
    const as = side === 'admin' ? stage.admin : order[side];
    await attempt(stage, as)(name, { refundRequestId: request.id, ...fields });
  };
export const takeBackAsk = onRequest('buyer', 'refunds.withdraw');
export const deny = onRequest('seller', 'refunds.deny', { reason: 'It was whole.' });

export const approve: Play = async (stage, scene, step) => {
  const order = await chooseOrder(stage, scene, step);
  const request = order && (await requestOf(stage, order.id));
  if (!order || !request) return;
  const less = step.share < 100 && { amountMinor: part(Number(request.amount), step.share) };
  const as = step.who === 0 ? order.seller : stage.admin;
  await attempt(stage, as)('refunds.approve', { refundRequestId: request.id, ...less });
};

export const dispute: Play = async (stage, scene, step) => {
  const order = await chooseOrder(stage, scene, step);
  const input = { orderId: order?.id, reason: 'damaged', text: 'The shade is torn' };
  return order && attempt(stage, order.buyer)('disputes.open', input);
};

const onDispute =
  (side: 'buyer' | 'seller', name: string, fields: object = {}): Play =>
  async (stage, scene, step) => {
    const order = await chooseOrder(stage, scene, step);
    const found =
      order && (await first<{ id: string }>(stage, `select id from dispute where order_id = '${order.id}'`));
    return found && attempt(stage, order[side])(name, { disputeId: found.id, ...fields });
  };
export const withdrawDispute = onDispute('buyer', 'disputes.withdraw');
export const answer = onDispute('seller', 'disputes.respond', { text: 'It was whole.' });
export const concede = onDispute('seller', 'disputes.respond', { concede: true });

/** A moderator gives a share of the money back: none, a part, or all. */
export async function decideOn(
  stage: Stage,
  { id: disputeId, amount }: { id: string; amount: string },
  share: number,
): Promise<void> {
  await attempt(stage, stage.moderator)('disputes.claim', { disputeId });
  const outcome = share === 0 ? 'seller' : share === 100 ? 'buyer' : 'split';
  const split = outcome === 'split' && { refundMinor: part(Number(amount), share) };
  const input = { disputeId, outcome, note: 'As the photos show.', ...split };
  await attempt(stage, stage.moderator)('disputes.resolve', input);
}

export const decide: Play = async (stage, scene, step) => {
  const order = await chooseOrder(stage, scene, step);
  if (!order) return;
  const found = await first<{ id: string; amount: string }>(
    stage,
    `select id, amount_minor::text as amount from dispute where order_id = '${order.id}'`,
  );
  if (found) await decideOn(stage, found, step.share);
};

export const evidence: Play = async (stage, scene, step) => {
  const order = await chooseOrder(stage, scene, step);
  const found =
    order &&
    (await first<{ id: string }>(
      stage,
      `select chargeback_id as id from chargeback_share where order_id = '${order.id}' limit 1`,
    ));
  const input = { chargebackId: found?.id, text: 'It was delivered.' };
  return found && attempt(stage, order.seller)('chargebacks.submitEvidence', input);
};
