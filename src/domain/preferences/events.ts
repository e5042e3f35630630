import { z } from 'zod';
import { defineEvent } from '../kernel/define.ts';
import { PreferencesView } from './views.ts';

export const preferencesChanged = defineEvent({
  type: 'preferences.changed',
  entity: 'preferences',
  view: PreferencesView,
  change: z.undefined(),
});
