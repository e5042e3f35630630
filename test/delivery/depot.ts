import type { Harness, TestUser } from '../support/harness.ts';

/** The centre of Nairobi, and places at a distance from it. */
export const centre = { lat: -1.2864, lon: 36.8172 };
/** About five kilometres to the north of the centre. */
export const north = { lat: -1.2412, lon: 36.8172 };
export const mombasa = { lat: -4.0435, lon: 39.6682 };

const day = [{ from: '08:00', to: '18:00' }];
export const workdays = {
  monday: day,
  tuesday: day,
  wednesday: day,
  thursday: day,
  friday: day,
  saturday: [{ from: '09:00', to: '13:00' }],
  sunday: [],
};

export const hubInput = (fields: Record<string, unknown> = {}) => ({
  name: 'Westlands Hub',
  address: '12 Mpaka Road, Nairobi',
  location: centre,
  timezone: 'Africa/Nairobi',
  hours: workdays,
  feeMinor: 15_000,
  currency: 'USD',
  ...fields,
});

export const admin = (market: Harness): Promise<TestUser> => market.user({ roles: ['admin'] });

export async function openHub(market: Harness, fields: Record<string, unknown> = {}): Promise<string> {
  return (await market.ok(await admin(market), 'hubs.create', hubInput(fields))).id;
}

/** A person who works for a hub. Their actor holds the role, as a socket does a moment after it was given. */
export async function staffOf(market: Harness, hubId: string): Promise<TestUser> {
  const user = await market.user({ roles: ['hub'] });
  await market.ok(await admin(market), 'hubs.assignStaff', { hubId, userId: user.id });
  return user;
}

export const partnerInput = (hubIds: readonly string[], fields: Record<string, unknown> = {}) => ({
  name: 'Boda Riders',
  baseFeeMinor: 10_000,
  perKmMinor: 3_000,
  currency: 'USD',
  maxDistanceKm: 20,
  hubIds,
  ...fields,
});

export async function addPartner(
  market: Harness,
  hubIds: readonly string[],
  fields: Record<string, unknown> = {},
): Promise<string> {
  return (await market.ok(await admin(market), 'partners.create', partnerInput(hubIds, fields))).id;
}
