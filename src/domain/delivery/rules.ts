import { z } from 'zod';
import { Point } from '../kernel/geo.ts';
import { Currency } from '../kernel/money.ts';
import { isTimezone } from '../kernel/wall-time.ts';

export const deliveryRules = {
  staffMax: 200,
  /** Hubs that one person works for, as their snapshot holds them. */
  hubsPerPersonMax: 50,
  hubsPerPartnerMax: 500,
  rangesPerDayMax: 4,
  exceptionsMax: 100,
  feeMinorMax: 1_000_000_000,
  perKmMinorMax: 100_000_000,
  distanceKmMax: 500,
  /** Sellers of one purchase. */
  sellersMax: 50,
} as const;

const clockTime = /^([01]\d|2[0-3]):[0-5]\d$/;

/** From one time of the clock to another; one that ends no later than it begins ends on the next day. */
const HoursRange = z.strictObject({
  from: z.string().regex(clockTime, 'expected HH:MM'),
  to: z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'expected HH:MM, or 24:00'),
});
export type HoursRange = z.infer<typeof HoursRange>;

const Day = z.array(HoursRange).max(deliveryRules.rangesPerDayMax);

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

export const OpeningHours = z.strictObject({
  monday: Day,
  tuesday: Day,
  wednesday: Day,
  thursday: Day,
  friday: Day,
  saturday: Day,
  sunday: Day,
} satisfies Record<(typeof weekdays)[number], typeof Day>);
export type OpeningHours = z.infer<typeof OpeningHours>;

/** A day that has hours of its own, such as a holiday; none at all is closed. */
const HoursException = z.strictObject({
  date: z.iso.date(),
  hours: Day,
  note: z.string().trim().min(1).max(100).optional(),
});
export type HoursException = z.infer<typeof HoursException>;

export const HoursExceptions = z
  .array(HoursException)
  .max(deliveryRules.exceptionsMax)
  .refine((days) => new Set(days.map(({ date }) => date)).size === days.length, 'expected each date once');

/** E.164. */
const Phone = z.string().regex(/^\+[1-9]\d{6,14}$/, 'expected a number like +254712345678');
const FeeMinor = z.int().min(0).max(deliveryRules.feeMinorMax);

export const hubFields = {
  name: z.string().trim().min(2).max(100),
  address: z.string().trim().min(1).max(300),
  location: Point,
  timezone: z.string().max(64).refine(isTimezone, 'expected a time zone such as Africa/Nairobi'),
  hours: OpeningHours,
  exceptions: HoursExceptions,
  capacity: z.int().min(1).max(1_000_000),
  contactPhone: Phone,
  feeMinor: FeeMinor.describe('Of one parcel, whoever sends it.'),
  currency: Currency,
} as const;

export const partnerFields = {
  name: z.string().trim().min(2).max(100),
  contactPhone: Phone,
  contactEmail: z.email().max(254),
  baseFeeMinor: FeeMinor,
  perKmMinor: z.int().min(0).max(deliveryRules.perKmMinorMax),
  currency: Currency,
  maxDistanceKm: z.int().min(1).max(deliveryRules.distanceKmMax),
} as const;

/** Where a courier brings a parcel. Without its place on the map there is no distance, and so no fee. */
export const DeliveryAddress = z.strictObject({
  text: z.string().trim().min(1).max(500),
  location: Point.optional(),
});
export type DeliveryAddress = z.infer<typeof DeliveryAddress>;
