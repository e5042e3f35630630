import { addPartner, admin, hubInput, north, openHub, partnerInput, staffOf } from '../../delivery/depot.ts';
import type { Harness } from '../../support/harness.ts';
import type { AreaCases, Call, OperationCases } from '../cases.ts';

type Fields = Record<string, unknown>;

const byAdmin = (input: (market: Harness) => Promise<Fields>): OperationCases => ({
  success: async (market) => ({ as: await admin(market), input: await input(market) }),
});

const hub = async (market: Harness) => ({ hubId: await openHub(market) });

async function assigned(market: Harness) {
  const { hubId } = await hub(market);
  return { hubId, userId: (await staffOf(market, hubId)).id };
}

async function partner(market: Harness) {
  const { hubId } = await hub(market);
  return { hubId, partnerId: await addPartner(market, [hubId]) };
}

async function refused(market: Harness, fields: Fields): Promise<Call & { name: string }> {
  const sellerIds = [(await market.user()).id];
  const input = { sellerIds, currency: 'USD', ...fields };
  return { name: 'delivery.quote', as: await market.user(), input };
}

async function closed(market: Harness): Promise<string> {
  const { hubId } = await hub(market);
  await market.ok(await admin(market), 'hubs.close', { hubId });
  return hubId;
}

const mars = { text: 'Far away', location: { lat: 80, lon: 0 } };

export const deliveryCases: AreaCases = {
  operations: {
    'hubs.list': { success: async (market) => (await hub(market), { as: null, input: { near: north } }) },
    'hubs.get': { success: async (market) => ({ as: null, input: await hub(market) }) },
    'hubs.create': byAdmin(async () => hubInput()),
    'hubs.update': byAdmin(async (market) => ({ ...(await hub(market)), name: 'Another hub' })),
    'hubs.close': byAdmin(hub),
    'hubs.assignStaff': byAdmin(async (market) => ({ ...(await hub(market)), userId: (await market.user()).id })),
    'hubs.removeStaff': byAdmin(assigned),
    'hubs.staff': byAdmin(async (market) => ({ hubId: (await assigned(market)).hubId })),
    'hubs.mine': {
      success: async (market) => ({ as: await staffOf(market, (await hub(market)).hubId), input: {} }),
    },
    'partners.list': {
      async success(market) {
        const { hubId } = await partner(market);
        return { as: await staffOf(market, hubId), input: { hubId } };
      },
    },
    'partners.create': byAdmin(async (market) => partnerInput([(await hub(market)).hubId])),
    'partners.update': byAdmin(async (market) => ({ partnerId: (await partner(market)).partnerId, perKmMinor: 1 })),
    'partners.remove': byAdmin(async (market) => ({ partnerId: (await partner(market)).partnerId })),
    'delivery.quote': { success: async (market) => refused(market, { method: 'hub', ...(await hub(market)) }) },
  },
  errors: {
    'hubs.not_found': async () => ({ name: 'hubs.get', as: null, input: { hubId: crypto.randomUUID() } }),
    'hubs.closed': async (market) => ({
      name: 'hubs.update',
      as: await admin(market),
      input: { hubId: await closed(market), name: 'Another hub' },
    }),
    'hubs.already_assigned': async (market) => ({
      name: 'hubs.assignStaff',
      as: await admin(market),
      input: await assigned(market),
    }),
    'hubs.not_assigned': async (market) => ({
      name: 'hubs.removeStaff',
      as: await admin(market),
      input: { ...(await hub(market)), userId: (await market.user()).id },
    }),
    async 'hubs.too_many_staff'(market) {
      const { hubId } = await hub(market);
      const crew = `crew of ${hubId}`;
      for (let index = 0; index < 200; index += 1) await market.user({ fullName: crew });
      await market.database
        .fork()
        .getConnection()
        .execute(
          `insert into hub_staff (id, hub_id, user_id, version, assigned_at, updated_at)
           select gen_random_uuid(), ?, id, 1, now(), now() from account where full_name = ?`,
          [hubId, crew],
        );
      const input = { hubId, userId: (await market.user()).id };
      return { name: 'hubs.assignStaff', as: await admin(market), input };
    },
    'partners.not_found': async (market) => ({
      name: 'partners.remove',
      as: await admin(market),
      input: { partnerId: crypto.randomUUID() },
    }),
    'delivery.no_address': (market) => refused(market, { method: 'courier' }),
    'delivery.unknown_hub': (market) => refused(market, { method: 'hub', hubId: crypto.randomUUID() }),
    'delivery.closed': async (market) => refused(market, { method: 'hub', hubId: await closed(market) }),
    'delivery.full': async (market) =>
      refused(market, {
        method: 'hub',
        hubId: await openHub(market, { capacity: 1 }),
        sellerIds: [crypto.randomUUID(), crypto.randomUUID()],
      }),
    'delivery.not_offered': async (market) =>
      refused(market, { method: 'hub', hubId: await openHub(market, { currency: 'KES' }) }),
    async 'delivery.too_far'(market) {
      const { hubId } = await partner(market);
      return refused(market, { method: 'courier', hubId, address: mars });
    },
  },
};
