/** A moment on the clock of a time zone. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** After midnight. */
  readonly minutes: number;
}

const minuteMs = 60_000;
const dayMinutes = 1_440;

const formats = new Map<string, Intl.DateTimeFormat>();
const formatsMax = 1_000;

function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known) return known;
  if (formats.size >= formatsMax) formats.clear();
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  formats.set(timezone, format);
  return format;
}

export function isTimezone(timezone: string): boolean {
  try {
    formatOf(timezone);
    return true;
  } catch {
    return false;
  }
}

export function wallTime(at: Date, timezone: string): WallTime {
  const parts = Object.fromEntries(
    formatOf(timezone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = parts;
  return { year, month, day, minutes: hour * 60 + minute };
}

/**
 * The first moment from `at` on, or after it, at which the clock of the zone shows this many minutes after midnight.
 * A time that the clock skips, when it is put forward, is the moment of the skip; one that it shows twice is the first.
 */
export function nextAt(at: Date, minutes: number, timezone: string): Date {
  const { year, month, day } = wallTime(at, timezone);
  for (const later of [0, 1, 2]) {
    const found = instantOf({ year, month, day: day + later, minutes }, timezone);
    if (found > at) return found;
  }
  throw new Error('a clock shows each time within two days');
}

/** The instant at which a zone's clock shows a time. `day` may run over the end of its month. */
export function instantOf({ year, month, day, minutes }: WallTime, timezone: string): Date {
  const asUtc = Date.UTC(year, month - 1, day, 0, minutes);
  // The offsets before and after any change that is near; the larger one gives the earlier instant.
  const offsets = [-dayMinutes, dayMinutes].map((shift) => offsetMinutes(new Date(asUtc + shift * minuteMs), timezone));
  const candidates = offsets.map((offset) => asUtc - offset * minuteMs).toSorted((a, b) => a - b);
  const exact = candidates.find((ms) => ms + offsetMinutes(new Date(ms), timezone) * minuteMs === asUtc);
  return new Date(exact ?? skipEnd(asUtc, timezone, candidates));
}

/** In a gap of the clock: the first minute after it. */
function skipEnd(asUtc: number, timezone: string, [early = asUtc, late = asUtc]: readonly number[]): number {
  for (let ms = early; ms <= late; ms += minuteMs) {
    if (ms + offsetMinutes(new Date(ms), timezone) * minuteMs >= asUtc) return ms;
  }
  return late;
}

function offsetMinutes(at: Date, timezone: string): number {
  const { year, month, day, minutes } = wallTime(at, timezone);
  const wall = Date.UTC(year, month - 1, day, 0, minutes);
  return Math.round((wall - Math.floor(at.getTime() / minuteMs) * minuteMs) / minuteMs);
}
