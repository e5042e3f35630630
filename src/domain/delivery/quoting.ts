import { sql, type RawBuilder } from 'kysely';
import type { Db } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import type { Point } from '../kernel/geo.ts';
import type { Currency } from '../kernel/money.ts';
import { hasRoom, isFull } from './places.ts';
import { HubEntity, type HubId, type PartnerId } from './entities.ts';
import type { DeliveryAddress } from './rules.ts';
import { kilometres } from './views.ts';

export interface QuoteRequest {
  readonly method: 'pickup' | 'hub' | 'courier';
  readonly hubId?: string | undefined;
  readonly address?: DeliveryAddress | undefined;
  /** Each seller sends one parcel, and each parcel has its fee. */
  readonly sellerIds: readonly string[];
  readonly currency: Currency;
}

export interface ParcelQuote {
  readonly feeMinor: number;
  readonly hubId: HubId | null;
  readonly partnerId: PartnerId | null;
  readonly distanceKm: number | null;
}

export type QuoteFailure = 'no_address' | 'unknown_hub' | 'closed' | 'full' | 'not_offered' | 'too_far';

export type DeliveryQuote =
  | { readonly ok: true; readonly perSeller: ReadonlyMap<string, ParcelQuote> }
  | { readonly ok: false; readonly reason: QuoteFailure };

/** What `quoteDelivery` refuses with, as declared errors: `delivery.<reason>`. In order of precedence. */
export const quoteErrors = [
  'delivery.no_address',
  'delivery.unknown_hub',
  'delivery.closed',
  'delivery.full',
  'delivery.not_offered',
  'delivery.too_far',
] as const satisfies readonly `delivery.${QuoteFailure}`[];

/**
 * What bringing a purchase to its buyer costs, by seller. Pickup at the seller's is free; a hub has one price for each
 * parcel; a courier's grows with the distance from the hub that was named, or from the nearest that a courier serves.
 */
export async function quoteDelivery(db: Db, request: QuoteRequest): Promise<DeliveryQuote> {
  const quote = await quoteParcel(db, request);
  if (typeof quote === 'string') return { ok: false, reason: quote };
  return { ok: true, perSeller: new Map(request.sellerIds.map((sellerId) => [sellerId, quote])) };
}

async function quoteParcel(db: Db, request: QuoteRequest): Promise<ParcelQuote | QuoteFailure> {
  const { method, hubId, address, currency } = request;
  if (method === 'pickup') return { feeMinor: 0, hubId: null, partnerId: null, distanceKm: null };
  if (method === 'courier' && !address?.location) return 'no_address';
  if (method === 'hub' || hubId !== undefined) {
    const hub = hubId === undefined ? null : await db.findOne(HubEntity, { id: hubId });
    if (!hub) return 'unknown_hub';
    if (hub.state === 'closed') return 'closed';
    if (await isFull(db, hub.id, request.sellerIds.length)) return 'full';
    if (method === 'hub') {
      if (hub.currency !== currency) return 'not_offered';
      return { feeMinor: hub.feeMinor, hubId: hub.id, partnerId: null, distanceKm: null };
    }
  }
  assert(address?.location, 'a courier goes to a place');
  return quoteCourier(db, { hubId, to: address.location, currency, parcels: request.sellerIds.length });
}

interface Reach {
  readonly hub_id: HubId;
  readonly partner_id: PartnerId;
  readonly metres: number;
  readonly in_reach: boolean;
  readonly base_fee_minor: string;
  readonly per_km_minor: string;
}

interface Trip {
  readonly hubId: string | undefined;
  readonly to: Point;
  readonly currency: Currency;
  readonly parcels: number;
}

/** The nearest hub with room from which somebody goes that far, and the cheapest who does. */
async function quoteCourier(db: Db, { hubId, to, currency, parcels }: Trip): Promise<ParcelQuote | QuoteFailure> {
  const only = hubId === undefined ? sql`true` : sql`hub.id = ${hubId}::uuid`;
  const { rows } = await sql<Reach>`
    select hub.id as hub_id, partner.id as partner_id, away.metres,
           away.metres <= partner.max_distance_km * 1000 as in_reach, partner.base_fee_minor, partner.per_km_minor
    from hub
    join delivery_partner_hub served on served.hub_id = hub.id
    join delivery_partner partner on partner.id = served.partner_id
    cross join lateral (select st_distance(hub.location, ${geography(to)}) as metres) away
    where hub.state = 'active' and partner.state = 'active' and partner.currency = ${currency} and ${only}
      and ${hasRoom(parcels)}
    order by in_reach desc, away.metres, hub.id,
             partner.base_fee_minor + partner.per_km_minor * away.metres / 1000, partner.id
    limit 1`.execute(db.getKysely());
  const [best] = rows;
  if (!best) return 'not_offered';
  if (!best.in_reach) return 'too_far';
  const { hub_id, partner_id, metres, base_fee_minor, per_km_minor } = best;
  const feeMinor = courierFeeMinor(metres, { baseFeeMinor: Number(base_fee_minor), perKmMinor: Number(per_km_minor) });
  return { feeMinor, hubId: hub_id, partnerId: partner_id, distanceKm: kilometres(metres) };
}

/**
 * Each ten metres that were begun count, and each minor unit that was begun. In integers: 500 km at the dearest price
 * stay below 2^53.
 */
export function courierFeeMinor(metres: number, price: { baseFeeMinor: number; perKmMinor: number }): number {
  const tensOfMetres = Math.ceil(metres / 10);
  return price.baseFeeMinor + Math.ceil((price.perKmMinor * tensOfMetres) / 100);
}

export function geography({ lat, lon }: Point): RawBuilder<unknown> {
  return sql`st_setsrid(st_makepoint(${lon}::float8, ${lat}::float8), 4326)::geography`;
}
