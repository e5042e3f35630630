import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { noticeTopics } from '../../kernel/events.ts';
import { defineCommand } from '../../kernel/define.ts';
import { bump } from '../../kernel/machine.ts';
import { mergeChoices, wants } from '../choices.ts';
import { PreferenceEntity } from '../entities.ts';
import { preferencesChanged } from '../events.ts';
import { isPresent, lockOwn } from '../own.ts';
import { preferenceSettingsPort } from '../settings.ts';
import { mailTopics, readUnsubscribeToken } from '../unsubscribing.ts';
import { preferencesView } from '../views.ts';

export const unsubscribe = defineCommand({
  name: 'preferences.unsubscribe',
  access: 'guest',
  ratePerMinute: 60,
  summary: 'Turn e-mail about a topic off by the token of a mail, without a session. Other channels stay as they are.',
  input: z.strictObject({ token: z.string().min(1).max(200) }),
  output: z.object({ topic: z.enum(mailTopics) }),
  errors: ['preferences.bad_token'],
  emits: [preferencesChanged],
  async run({ input: { token }, tx, fail }) {
    const read = readUnsubscribeToken(tx.port(preferenceSettingsPort).unsubscribe, token);
    if (!read) return fail('preferences.bad_token');
    const { userId, topic } = read;
    // Whoever has left gets no mail, and the answer does not tell that they have.
    if (!(await isPresent(tx, userId))) return { topic };
    await lockOwn(tx, userId);
    const lockMode = LockMode.PESSIMISTIC_WRITE;
    const preference = await tx.db.findOneOrFail(PreferenceEntity, { id: userId }, { lockMode });
    const topics = noticeTopics.filter((one) => topic === 'all' || one === topic);
    if (!topics.some((one) => wants(preference.channels, one, 'email'))) return { topic };
    const off = Object.fromEntries(topics.map((one) => [one, { email: false }]));
    preference.channels = mergeChoices(preference.channels, off);
    bump(preference, await tx.now());
    await tx.db.flush();
    tx.emit(preferencesChanged, userId, { view: preferencesView(userId, preference) });
    return { topic };
  },
});
