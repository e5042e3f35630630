import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { noticeTopics } from '../../kernel/events.ts';
import { bump } from '../../kernel/machine.ts';
import { isTimezone } from '../../kernel/wall-time.ts';
import { mergeChoices, TopicChannels } from '../choices.ts';
import { frequencies, PreferenceEntity } from '../entities.ts';
import { preferencesChanged } from '../events.ts';
import { preferenceLimits } from '../settings.ts';
import { lockOwn } from '../own.ts';
import { minutesOf, PreferencesView, preferencesView, TimeOfDay } from '../views.ts';

const { categoriesMax, citiesMax } = preferenceLimits;

export const updatePreferences = defineCommand({
  name: 'preferences.update',
  access: 'user',
  ratePerMinute: 30,
  summary: 'Change how you hear of things; what is left out stays as it is, null ends the quiet hours.',
  input: z.strictObject({
    channels: z.partialRecord(z.enum(noticeTopics), TopicChannels.partial()).optional(),
    frequency: z.enum(frequencies).optional(),
    digestHour: z.int().min(0).max(23).optional(),
    quietHours: z.strictObject({ from: TimeOfDay, to: TimeOfDay }).nullable().optional(),
    timezone: z.string().max(64).refine(isTimezone, 'expected an IANA time zone such as Africa/Nairobi').optional(),
    categories: z.array(z.uuid()).max(categoriesMax).optional().describe('Categories of requests to hear of.'),
    cities: z.array(z.string().trim().min(1).max(100)).max(citiesMax).optional(),
  }),
  output: PreferencesView,
  errors: [],
  emits: [preferencesChanged],
  async run({ input, actor: { userId }, tx }) {
    await lockOwn(tx, userId);
    const lockMode = LockMode.PESSIMISTIC_WRITE;
    const preference = await tx.db.findOneOrFail(PreferenceEntity, { id: userId }, { lockMode });
    const { channels, frequency, digestHour, quietHours, timezone, categories, cities } = input;
    if (channels) preference.channels = mergeChoices(preference.channels, channels as never);
    if (frequency) preference.frequency = frequency;
    if (digestHour !== undefined) preference.digestHour = digestHour;
    if (quietHours !== undefined) {
      preference.quietFrom = quietHours && minutesOf(quietHours.from);
      preference.quietTo = quietHours && minutesOf(quietHours.to);
    }
    if (timezone) preference.timezone = timezone;
    if (categories) preference.categories = [...new Set(categories)];
    if (cities) preference.cities = [...new Set(cities)];
    bump(preference, await tx.now());
    await tx.db.flush();
    const view = preferencesView(userId, preference);
    tx.emit(preferencesChanged, userId, { view });
    return view;
  },
});
