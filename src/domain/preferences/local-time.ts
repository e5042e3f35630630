import { nextAt, wallTime } from '../kernel/wall-time.ts';

const minuteMs = 60_000;

interface Quiet {
  readonly quietFrom?: number | null | undefined;
  readonly quietTo?: number | null | undefined;
  readonly timezone: string;
}

/** When a message may make a noise: now, or at the end of the quiet hours that `at` lies in. */
export function afterQuietHours(at: Date, { quietFrom, quietTo, timezone }: Quiet): Date {
  if (typeof quietFrom !== 'number' || typeof quietTo !== 'number' || quietFrom === quietTo) return at;
  const { minutes } = wallTime(at, timezone);
  const isQuiet =
    quietFrom < quietTo ? minutes >= quietFrom && minutes < quietTo : minutes >= quietFrom || minutes < quietTo;
  return isQuiet ? nextAt(at, quietTo, timezone) : at;
}

/** When the next digest leaves: the next full hour of the clock, or the next time it shows the person's hour. */
export function nextDigest(
  at: Date,
  { frequency, digestHour, timezone }: { frequency: 'hourly' | 'daily'; digestHour: number; timezone: string },
): Date {
  if (frequency === 'daily') return nextAt(at, digestHour * 60, timezone);
  const { minutes } = wallTime(at, timezone);
  const toFullHourMs = (60 - (minutes % 60)) * minuteMs;
  return new Date(Math.floor(at.getTime() / minuteMs) * minuteMs + toFullHourMs);
}
