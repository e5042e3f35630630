import { admin } from '../../delivery/depot.ts';
import { confirmedUpload } from '../../support/disk.ts';
import { system, type Harness, type TestUser } from '../../support/harness.ts';
import {
  collect,
  dispatched,
  dueMinor,
  openDepot,
  packed,
  received,
  wrongCode,
  type Parcel,
} from '../../shipments/parcel.ts';
import type { AreaCases, Call, OperationCases } from '../cases.ts';

type Fields = Record<string, unknown>;

const stranger = async (market: Harness): Promise<TestUser> => (await openDepot(market)).staff;
const cod = { payment: 'cod', method: 'hub' } as const;

/** A command of the hub about one parcel; for the staff of another hub there is none. */
function byStaff(
  made: (market: Harness) => Promise<Parcel>,
  fields: (parcel: Parcel) => Fields = () => ({}),
): OperationCases {
  const build = async (market: Harness) => {
    const parcel = await made(market);
    return { as: parcel.staff, input: { shipmentId: parcel.shipmentId, ...fields(parcel) } };
  };
  return {
    success: build,
    async wrongActor(market) {
      return { ...(await build(market)), as: await stranger(market), error: 'shipments.not_found' };
    },
  };
}

/** A query of one side about a parcel. */
function bySide(side: 'buyer' | 'seller'): OperationCases {
  const build = async (market: Harness) => {
    const parcel = await packed(market);
    return { as: parcel[side], input: { shipmentId: parcel.shipmentId } };
  };
  return {
    success: build,
    wrongActor: async (market) => ({ ...(await build(market)), as: await market.user(), error: 'shipments.not_found' }),
  };
}

function ofHub(more: (market: Harness) => Promise<{ as: TestUser; input: Fields }>): OperationCases {
  return {
    success: more,
    async wrongActor(market) {
      return { ...(await more(market)), as: await stranger(market), error: 'hubs.not_found' };
    },
  };
}

async function returning(market: Harness): Promise<Parcel> {
  const parcel = await received(market);
  const { staff, shipmentId } = parcel;
  await market.ok(staff, 'shipments.returnToSeller', { shipmentId, reason: 'Refused.' });
  return parcel;
}

async function scanned(market: Harness) {
  const { staff, scanCode: code, hubId } = await packed(market);
  return { as: staff, input: { code, hubId } };
}

async function collected(market: Harness) {
  const parcel = await received(market, cod);
  await collect(market, parcel);
  return { as: parcel.staff, input: { hubId: parcel.hubId, currency: 'USD', countedMinor: dueMinor } };
}

async function delivery(market: Harness, way: Fields = {}, tries = 0): Promise<Call & { name: string }> {
  const parcel = await received(market, { method: 'hub', ...way });
  const input = { shipmentId: parcel.shipmentId, proof: { code: wrongCode(parcel) } };
  const call = { name: 'shipments.deliver', as: parcel.staff, input };
  for (let made = 0; made < tries; made += 1) await market.call(call.as, call.name, call.input);
  return call;
}

async function cash(market: Harness, way: Fields, amountMinor = dueMinor): Promise<Call & { name: string }> {
  const { staff, shipmentId } = await received(market, way);
  return { name: 'shipments.collectCash', as: staff, input: { shipmentId, amountMinor } };
}

async function closing(market: Harness, fields: Fields): Promise<Call & { name: string }> {
  const { as, input } = await collected(market);
  return { name: 'hubs.closeDay', as, input: { ...input, ...fields } };
}

const reason = () => ({ reason: 'Nobody opened.' });

export const shipmentsCases: AreaCases = {
  operations: {
    'shipments.list': ofHub(async (market) => {
      const { staff, hubId } = await packed(market);
      return { as: staff, input: { hubId } };
    }),
    'shipments.track': bySide('buyer'),
    'shipments.label': bySide('seller'),
    'shipments.receiveAtHub': {
      success: scanned,
      async wrongActor(market) {
        return { ...(await scanned(market)), as: await stranger(market), error: 'shipments.not_found' };
      },
    },
    'shipments.dispatch': byStaff(received, ({ partnerId }) => ({ partnerId })),
    'shipments.deliver': byStaff(dispatched, ({ deliveryCode: code }) => ({ proof: { code } })),
    'shipments.fail': byStaff(dispatched, reason),
    'shipments.returnToSeller': byStaff(received, reason),
    'shipments.handBack': byStaff(returning),
    'shipments.collectCash': byStaff(
      (market) => received(market, cod),
      () => ({ amountMinor: dueMinor }),
    ),
    'hubs.closeDay': ofHub(collected),
    'hubs.closings': ofHub(async (market) => {
      const { as, input } = await collected(market);
      await market.ok(as, 'hubs.closeDay', input);
      return { as, input: { hubId: input.hubId } };
    }),
    'shipments.follow': { success: async () => ({ as: system, input: {} }) },
    'shipments.loseOverdue': { success: async () => ({ as: system, input: {} }) },
    'shipments.remind': { success: async () => ({ as: system, input: {} }) },
    'shipments.returnUnclaimed': { success: async () => ({ as: system, input: {} }) },
  },
  errors: {
    'shipments.not_found': async (market) => ({
      name: 'shipments.track',
      as: await market.user(),
      input: { shipmentId: crypto.randomUUID() },
    }),
    async 'shipments.not_possible'(market) {
      const { staff, shipmentId } = await packed(market);
      return { name: 'shipments.handBack', as: staff, input: { shipmentId } };
    },
    async 'shipments.hub_full'(market) {
      const depot = await openDepot(market);
      const { staff, scanCode: code, hubId } = await packed(market, { depot });
      await received(market, { depot });
      await market.ok(await admin(market), 'hubs.update', { hubId, capacity: 1 });
      return { name: 'shipments.receiveAtHub', as: staff, input: { code, hubId } };
    },
    'shipments.own_parcel': async (market) => {
      const depot = await openDepot(market);
      const { staff, shipmentId } = await received(market, { depot, seller: depot.staff });
      return { name: 'shipments.returnToSeller', as: staff, input: { shipmentId, reason: 'No.' } };
    },
    'shipments.cash_due': (market) => delivery(market, cod),
    'shipments.no_cash': (market) => cash(market, {}),
    'shipments.wrong_amount': (market) => cash(market, cod, 1),
    'shipments.wrong_code': (market) => delivery(market),
    'shipments.code_locked': (market) => delivery(market, {}, 5),
    async 'shipments.proof_used'(market) {
      const depot = await openDepot(market);
      const [first, second] = [await dispatched(market, { depot }), await dispatched(market, { depot })];
      const proof = { imageId: await confirmedUpload(market, depot.staff, { purpose: 'evidence' }) };
      await market.ok(depot.staff, 'shipments.deliver', { shipmentId: first.shipmentId, proof });
      return { name: 'shipments.deliver', as: depot.staff, input: { shipmentId: second.shipmentId, proof } };
    },
    async 'hubs.nothing_due'(market) {
      const { hubId } = await openDepot(market);
      return { name: 'hubs.closeDay', as: await admin(market), input: { hubId, currency: 'USD', countedMinor: 0 } };
    },
    'hubs.note_required': (market) => closing(market, { countedMinor: dueMinor - 1 }),
    'hubs.needs_admin': (market) => closing(market, { countedMinor: 0, note: 'It is gone.' }),
  },
};
