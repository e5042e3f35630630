import { wallTime } from '../kernel/wall-time.ts';
import { weekdays, type HoursException, type HoursRange, type OpeningHours } from './rules.ts';

export interface Schedule {
  readonly timezone: string;
  readonly hours: OpeningHours;
  readonly exceptions: readonly HoursException[];
}

/**
 * Whether the clock of the hub stands within its hours. It is the clock on the wall that counts: an hour that it shows
 * twice is open twice, and one that it skips is not missed. Hours over midnight belong to the day on which they begin.
 */
export function isOpenAt(schedule: Schedule, at: Date): boolean {
  const { year, month, day, minutes } = wallTime(at, schedule.timezone);
  const today = rangesOf(schedule, new Date(Date.UTC(year, month - 1, day)));
  const yesterday = rangesOf(schedule, new Date(Date.UTC(year, month - 1, day - 1)));
  return (
    today.some((range) => minutes >= minutesOf(range.from) && (isOvernight(range) || minutes < minutesOf(range.to))) ||
    yesterday.some((range) => isOvernight(range) && minutes < minutesOf(range.to))
  );
}

/** `date` stands for a day of the calendar, as its midnight in UTC. */
function rangesOf({ hours, exceptions }: Schedule, date: Date): readonly HoursRange[] {
  const isoDate = date.toISOString().slice(0, 10);
  const exception = exceptions.find((day) => day.date === isoDate);
  return exception?.hours ?? hours[weekdays[(date.getUTCDay() + 6) % 7]!];
}

const isOvernight = ({ from, to }: HoursRange) => minutesOf(to) <= minutesOf(from);

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
