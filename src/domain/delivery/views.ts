import { z } from 'zod';
import { Point } from '../kernel/geo.ts';
import { Currency } from '../kernel/money.ts';
import { orNull } from '../kernel/or-null.ts';
import { iso, Timestamp } from '../kernel/timestamp.ts';
import { HubId, hubStates, PartnerId, type Hub, type HubStaff, type Partner } from './entities.ts';
import { isOpenAt } from './opening-hours.ts';
import { HoursExceptions, OpeningHours } from './rules.ts';

export const HubView = z.object({
  id: HubId,
  version: z.int(),
  name: z.string(),
  address: z.string(),
  location: Point,
  timezone: z.string(),
  hours: OpeningHours,
  exceptions: HoursExceptions,
  /** Parcels that the hub has room for, those that were bought and not dropped off yet included; null: any number. */
  capacity: orNull(z.int()),
  contactPhone: orNull(z.string()),
  feeMinor: z.int(),
  currency: Currency,
  state: z.enum(hubStates),
  /** By the clock of the hub, at the time of the answer. */
  isOpen: z.boolean(),
  /** Along the surface of the earth, from the place that was asked about. */
  distanceKm: orNull(z.number()),
});

export function hubView(hub: Hub, at: { now: Date; metres?: number }): z.input<typeof HubView> {
  const { id, version, name, address, location, timezone, hours, exceptions, feeMinor, currency, state } = hub;
  return {
    id,
    version,
    name,
    address,
    location: Point.parse(location),
    timezone,
    hours,
    exceptions,
    capacity: hub.capacity ?? null,
    contactPhone: hub.contactPhone ?? null,
    feeMinor,
    currency,
    state,
    isOpen: state === 'active' && isOpenAt(hub, at.now),
    distanceKm: at.metres === undefined ? null : kilometres(at.metres),
  };
}

/** To ten metres, as fees count them. */
export function kilometres(metres: number): number {
  return Math.ceil(metres / 10) / 100;
}

/** That a person works for a hub, as they see it. */
export const HubAssignmentView = z.object({
  id: z.uuid(),
  version: z.int(),
  deleted: z.literal(true).optional(),
  hub: z.object({ id: HubId, name: z.string(), address: z.string(), state: z.enum(hubStates) }),
  assignedAt: Timestamp,
});

export function hubAssignmentView(staff: HubStaff, hub: Hub): z.input<typeof HubAssignmentView> {
  const { id, name, address, state } = hub;
  return {
    id: staff.id,
    version: staff.version,
    hub: { id, name, address, state },
    assignedAt: iso(staff.assignedAt),
  };
}

/** A courier company or a rider, for hubs and admins. */
export const PartnerView = z.object({
  id: PartnerId,
  version: z.int(),
  name: z.string(),
  contactPhone: orNull(z.string()),
  contactEmail: orNull(z.string()),
  baseFeeMinor: z.int(),
  perKmMinor: z.int(),
  currency: Currency,
  maxDistanceKm: z.int(),
  hubIds: z.array(HubId),
});

export function partnerView(partner: Partner, hubIds: readonly HubId[]): z.input<typeof PartnerView> {
  const { id, version, name, contactPhone, contactEmail, baseFeeMinor, perKmMinor, currency, maxDistanceKm } = partner;
  return {
    id,
    version,
    name,
    contactPhone: contactPhone ?? null,
    contactEmail: contactEmail ?? null,
    baseFeeMinor,
    perKmMinor,
    currency,
    maxDistanceKm,
    hubIds: hubIds.toSorted(),
  };
}
