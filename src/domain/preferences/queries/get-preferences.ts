import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { preferencesOf } from '../own.ts';
import { defaultPreference, PreferencesView, preferencesView } from '../views.ts';

export const getPreferences = defineQuery({
  name: 'preferences.get',
  access: 'user',
  summary: 'How you hear of things.',
  input: z.strictObject({}),
  output: PreferencesView,
  errors: [],
  async run({ actor: { userId }, db }) {
    const own = await preferencesOf(db, [userId]);
    return preferencesView(userId, own.get(userId) ?? defaultPreference);
  },
});
