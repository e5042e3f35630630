import { z } from 'zod';
import { defineEvent } from '../kernel/define.ts';
import { BlockView } from './views.ts';

/** To the devices of the person who blocks, and to nobody else. */
export const blockChanged = defineEvent({
  type: 'block.changed',
  entity: 'block',
  view: BlockView,
  change: z.undefined(),
});
