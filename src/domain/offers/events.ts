import { z } from 'zod';
import { defineEvent } from '../kernel/define.ts';
import { AmountMinor } from '../kernel/money.ts';
import { offerMachine, type OfferMove } from './machine.ts';
import { OfferView } from './views.ts';

const moves = ['make', ...(Object.keys(offerMachine.moves) as OfferMove[])] as const;

/** To both sides, on every move. */
export const offerChanged = defineEvent({
  type: 'offer.changed',
  entity: 'offer',
  view: OfferView,
  change: z.object({ move: z.enum(moves), by: z.enum(['buyer', 'seller', 'system']), amountMinor: AmountMinor }),
});
