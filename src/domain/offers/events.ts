import { z } from 'zod';
import { defineEvent, type Notice } from '../kernel/define.ts';
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
  notice: ({ view, change }) => (change ? offerNotice(view, change) : null),
});

const templates: Readonly<Partial<Record<(typeof moves)[number], string>>> = {
  make: 'offer.received',
  counter: 'offer.countered',
  accept: 'offer.accepted',
  decline: 'offer.declined',
  expire: 'offer.expired',
};

/** To the side that did not move; to both when time did. */
function offerNotice(
  { id, role, quantity, currency }: z.infer<typeof OfferView>,
  { move, by, amountMinor }: { move: (typeof moves)[number]; by: string; amountMinor: number },
): Notice | null {
  const template = templates[move];
  if (template === undefined || by === role) return null;
  const params = { amountMinor, currency, ...(move === 'make' ? { quantity } : {}) };
  return { topic: 'offers', template, params, about: { entity: 'offer', id } };
}
