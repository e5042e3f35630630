import { sql } from 'kysely';
import { bargain, makeOffer } from '../../offers/bargain.ts';
import { listingOf, pickup } from '../../orders/stall.ts';
import { openBank, paid, purchase, type Purchase } from '../../payments/bank.ts';
import { system, type Harness } from '../../support/harness.ts';
import type { AreaCases, Call, OperationCases } from '../cases.ts';

const sweep: OperationCases = { success: async () => ({ as: system, input: {} }) };

/** A paid order. */
const bought = (market: Harness): Promise<Purchase> => paid(market, openBank(market));

async function accepted(market: Harness): Promise<Purchase> {
  const found = await bought(market);
  await market.ok(found.seller, 'orders.accept', { orderId: found.orderId });
  return found;
}

async function acceptedForHub(market: Harness): Promise<Purchase> {
  const found = await accepted(market);
  await sql`update sub_order set delivery_method = 'hub' where id = ${found.orderId}`.execute(market.database.sql);
  return found;
}

async function ready(market: Harness): Promise<Purchase & { pickupCode: string }> {
  const found = await accepted(market);
  await market.ok(found.seller, 'orders.readyForPickup', { orderId: found.orderId });
  const { pickupCode } = await market.ok(found.buyer, 'orders.get', { orderId: found.orderId });
  return { ...found, pickupCode };
}

async function delivered(market: Harness): Promise<Purchase> {
  const found = await ready(market);
  await market.ok(found.seller, 'orders.handOver', { orderId: found.orderId, pickupCode: found.pickupCode });
  return found;
}

/** A side's move of an order that exists for its two sides only. */
function move<P extends Purchase>(
  made: (market: Harness) => Promise<P>,
  side: 'buyer' | 'seller',
  extra: (made: P) => Record<string, unknown> = () => ({}),
): OperationCases {
  const build = async (market: Harness) => {
    const found = await made(market);
    return { as: found[side], input: { orderId: found.orderId, ...extra(found) } };
  };
  return {
    success: build,
    wrongActor: async (market) => ({ ...(await build(market)), as: await market.user(), error: 'orders.not_found' }),
  };
}

async function place(market: Harness, fields: Record<string, unknown> = {}) {
  const seller = await market.user();
  const listingId = await listingOf(market, seller);
  return {
    seller,
    name: 'orders.place',
    as: await market.user(),
    input: { listingId, quantity: 1, ...pickup, ...fields },
  };
}

async function acceptedOffer(market: Harness) {
  const found = await bargain(market);
  const { id: offerId, round } = await makeOffer(market, found);
  await market.ok(found.seller, 'offers.accept', { offerId, round });
  return { as: found.buyer, input: { offerId, ...pickup } };
}

/** Codes that are not the pickup code. */
const wrongCode = ({ pickupCode }: { pickupCode: string }) => ({
  pickupCode: pickupCode === '000000' ? '000001' : '000000',
});

async function handOver(market: Harness, wrongTries: number): Promise<Call & { name: string }> {
  const found = await ready(market);
  const call = { as: found.seller, name: 'orders.handOver', input: { orderId: found.orderId, ...wrongCode(found) } };
  for (let tries = 0; tries < wrongTries; tries += 1) await market.call(call.as, call.name, call.input);
  return call;
}

export const ordersCases: AreaCases = {
  operations: {
    'orders.place': {
      success: place,
      async wrongActor(market) {
        const { seller, input } = await place(market);
        return { as: seller, input, error: 'orders.own_listing' };
      },
    },
    'offers.checkout': {
      success: acceptedOffer,
      async wrongActor(market) {
        const { input } = await acceptedOffer(market);
        return { as: await market.user(), input, error: 'offers.not_found' };
      },
    },
    'orders.get': move(purchase, 'seller'),
    'orders.timeline': move(bought, 'seller'),
    'orders.getGroup': {
      async success(market) {
        const { buyer, groupId } = await purchase(market);
        return { as: buyer, input: { orderGroupId: groupId } };
      },
      async wrongActor(market) {
        const { seller, groupId } = await purchase(market);
        return { as: seller, input: { orderGroupId: groupId }, error: 'orders.not_found' };
      },
    },
    'orders.board': { success: async (market) => ({ as: (await bought(market)).seller, input: {} }) },
    'orders.list': { success: async (market) => ({ as: (await purchase(market)).buyer, input: { as: 'buyer' } }) },
    'orders.accept': move(bought, 'seller'),
    'orders.reject': move(bought, 'seller'),
    'orders.pack': move(acceptedForHub, 'seller'),
    'orders.readyForPickup': move(accepted, 'seller'),
    'orders.handOver': move(ready, 'seller', ({ pickupCode }) => ({ pickupCode })),
    'orders.cancel': move(purchase, 'buyer'),
    'orders.confirmReceived': move(delivered, 'buyer'),
    'orders.expireUnpaid': sweep,
    'orders.cancelUnanswered': sweep,
    'orders.cancelUnhandled': sweep,
    'orders.autoReceive': sweep,
    'orders.complete': sweep,
    'orders.remind': sweep,
  },
  errors: {
    'orders.not_found': async (market) => ({
      name: 'orders.get',
      as: await market.user(),
      input: { orderId: crypto.randomUUID() },
    }),
    async 'orders.unavailable'(market) {
      const { seller, ...call } = await place(market);
      await market.ok(seller, 'blocks.add', { userId: call.as.id });
      return call;
    },
    'orders.own_listing': async (market) => {
      const { seller, ...call } = await place(market);
      return { ...call, as: seller };
    },
    'orders.cod_needs_delivery': (market) => place(market, { paymentMethod: 'cod' }),
    'orders.wallet_insufficient': (market) => place(market, { walletMinor: 1 }),
    'orders.too_large': async (market) => {
      const listingId = await listingOf(market, await market.user(), { priceMinor: 900_000_000_000, quantity: 9 });
      return place(market, { listingId, quantity: 2 });
    },
    'orders.out_of_stock': (market) => place(market, { quantity: 6 }),
    'orders.not_possible': async (market) => {
      const { buyer, orderId } = await bought(market);
      return { name: 'orders.accept', as: buyer, input: { orderId } };
    },
    'orders.expired': async (market) => {
      const { seller, orderId } = await bought(market);
      await market.database
        .fork()
        .getConnection()
        .execute(`update sub_order set deadline = deadline - interval '30 days' where id = ?`, [orderId]);
      return { name: 'orders.accept', as: seller, input: { orderId } };
    },
    'orders.wrong_code': (market) => handOver(market, 0),
    'orders.code_locked': (market) => handOver(market, 5),
  },
};
