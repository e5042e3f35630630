import { z } from 'zod';
import { defineEvent } from '../kernel/define.ts';
import { OwnUserView } from './views.ts';

export const userChanged = defineEvent({
  type: 'user.changed',
  entity: 'user',
  view: OwnUserView,
  change: z.undefined(),
});
