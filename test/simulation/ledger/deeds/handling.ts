import type { Step } from '../plan.ts';
import { attempt, first, run, type Scene, type Stage } from '../stage.ts';
import type { Play } from './buying.ts';
import { chooseOrder } from './choosing.ts';

const bySide =
  (side: 'buyer' | 'seller', name: string, fields: object = {}): Play =>
  async (stage, scene, step) => {
    const order = await chooseOrder(stage, scene, step);
    return order && attempt(stage, order[side])(name, { orderId: order.id, ...fields });
  };

export const cancelOrder = bySide('buyer', 'orders.cancel');
export const receive = bySide('buyer', 'orders.confirmReceived');
export const accept = bySide('seller', 'orders.accept');
export const reject = bySide('seller', 'orders.reject', { reason: 'Broken.' });
export const ready = bySide('seller', 'orders.readyForPickup');

export const pack: Play = async (stage, scene, step) => {
  await bySide('seller', 'orders.pack')(stage, scene, step);
  await run(stage, 'shipments.follow');
};

export const handOver: Play = async (stage, scene, step) => {
  const order = await chooseOrder(stage, scene, step);
  if (!order) return;
  const row = await first<{ code: string }>(
    stage,
    `select pickup_code as code from sub_order where id = '${order.id}'`,
  );
  await attempt(stage, order.seller)('orders.handOver', { orderId: order.id, pickupCode: row!.code });
};

export interface Parcel {
  readonly id: string;
  readonly order_id: string;
  readonly state: string;
  readonly method: string;
  readonly scan_code: string;
  readonly delivery_code: string;
  readonly cash: string | null;
  readonly cash_state: string | null;
}

export const parcelsWhere = (condition: string) => `
  select id, order_id, state, method, scan_code, delivery_code, cash_minor::text as cash, cash_state
  from shipment where ${condition}`;

async function parcelOf(stage: Stage, scene: Scene, step: Step): Promise<Parcel | null> {
  const order = await chooseOrder(stage, scene, step);
  return order ? first<Parcel>(stage, parcelsWhere(`order_id = '${order.id}'`)) : null;
}

/** Brings a parcel one step further, from wherever it is. */
export async function carryOn(stage: Stage, currency: Scene['currency'], parcel: Parcel): Promise<unknown> {
  const { hubId, partnerId, staff } = stage.depots[currency];
  const { id: shipmentId, state, method } = parcel;
  if (state === 'awaiting_drop_off' || state === 'failed')
    return attempt(stage, staff)('shipments.receiveAtHub', { code: parcel.scan_code, hubId });
  if (state === 'at_hub' && method === 'courier')
    return attempt(stage, staff)('shipments.dispatch', { shipmentId, partnerId });
  if (state === 'returning') return attempt(stage, staff)('shipments.handBack', { shipmentId });
  await collectFor(stage, currency, parcel);
  return attempt(stage, staff)('shipments.deliver', { shipmentId, proof: { code: parcel.delivery_code } });
}

async function collectFor(stage: Stage, currency: Scene['currency'], { id, cash }: Parcel): Promise<unknown> {
  const { staff } = stage.depots[currency];
  const input = { shipmentId: id, amountMinor: Number(cash) };
  return cash && attempt(stage, staff)('shipments.collectCash', input);
}

export const carry: Play = async (stage, scene, step) => {
  const parcel = await parcelOf(stage, scene, step);
  return parcel ? carryOn(stage, scene.currency, parcel) : run(stage, 'shipments.follow');
};

export const collect: Play = async (stage, scene, step) => {
  const parcel = await parcelOf(stage, scene, step);
  return parcel && collectFor(stage, scene.currency, parcel);
};

const byStaff =
  (name: string): Play =>
  async (stage, scene, step) => {
    const parcel = await parcelOf(stage, scene, step);
    const input = { shipmentId: parcel?.id, reason: 'Nobody is there.' };
    return parcel && attempt(stage, stage.depots[scene.currency].staff)(name, input);
  };
export const fail = byStaff('shipments.fail');
export const sendBack = byStaff('shipments.returnToSeller');

/** The hub's cash is counted, and is what it should be, or less, or more. */
export async function closeHub(
  stage: Stage,
  currency: Scene['currency'],
  difference: (expected: number) => number,
): Promise<void> {
  const { hubId } = stage.depots[currency];
  const row = await first<{ expected: string }>(
    stage,
    `select coalesce(sum(cash_minor), 0)::text as expected from shipment
     where hub_id = '${hubId}' and currency = '${currency}' and cash_state = 'collected'`,
  );
  const expected = Number(row!.expected);
  const countedMinor = Math.max(0, expected + difference(expected));
  const input = { hubId, currency, countedMinor, note: 'Counted twice.' };
  await attempt(stage, stage.admin)('hubs.closeDay', input);
}

export const closeDay: Play = async (stage, scene, { share, who }) =>
  closeHub(stage, scene.currency, (expected) => {
    const off = Math.floor((expected * (100 - share)) / 100);
    return who === 0 ? -off : off;
  });
