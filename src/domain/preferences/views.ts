import { z } from 'zod';
import { noticeTopics } from '../kernel/events.ts';
import { UserId } from '../kernel/ids.ts';
import { orNull } from '../kernel/or-null.ts';
import { iso, Timestamp } from '../kernel/timestamp.ts';
import { channelsOf, TopicChannels } from './choices.ts';
import { DeviceId, frequencies, platforms, type Device, type Preference } from './entities.ts';

export const DeviceView = z.object({
  id: DeviceId,
  platform: z.enum(platforms),
  appVersion: orNull(z.string()),
  current: z.boolean().describe('Whether the session that asks registered it.'),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});

/** `HH:MM`, on the clock of the preference's time zone. */
export const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as 22:30');

export const PreferencesView = z.object({
  id: UserId,
  version: z.int().describe('0 while nothing was ever changed.'),
  channels: z.record(z.enum(noticeTopics), TopicChannels),
  frequency: z.enum(frequencies).describe('At once, or collected into one message an hour or a day.'),
  digestHour: z.int().describe('The local hour at which the daily digest leaves.'),
  quietHours: orNull(z.object({ from: TimeOfDay, to: TimeOfDay })),
  timezone: z.string(),
  categories: z.array(z.uuid()),
  cities: z.array(z.string()),
});

export function deviceView(device: Device, sessionId: string): z.input<typeof DeviceView> {
  const { id, platform, appVersion, createdAt, updatedAt } = device;
  const current = device.sessionId === sessionId;
  return { id, platform, appVersion, current, createdAt: iso(createdAt), updatedAt: iso(updatedAt) };
}

type Chosen = Omit<Preference, 'createdAt' | 'updatedAt' | 'id'>;

export const defaultPreference: Chosen = {
  version: 0,
  channels: {},
  frequency: 'instant',
  digestHour: 9,
  quietFrom: null,
  quietTo: null,
  timezone: 'UTC',
  categories: [],
  cities: [],
};

export function preferencesView(userId: UserId, preference: Chosen): z.input<typeof PreferencesView> {
  const { version, channels, frequency, digestHour, quietFrom, quietTo, timezone, categories, cities } = preference;
  const isQuiet = typeof quietFrom === 'number' && typeof quietTo === 'number';
  return {
    id: userId,
    version,
    channels: channelsOf(channels),
    frequency,
    digestHour,
    quietHours: isQuiet ? { from: clockText(quietFrom), to: clockText(quietTo) } : null,
    timezone,
    categories,
    cities,
  };
}

function clockText(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

export function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
