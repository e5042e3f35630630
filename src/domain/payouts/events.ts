import { z } from 'zod';
import { defineEvent, type Tx } from '../kernel/define.ts';
import type { Payout } from './entities.ts';
import { payoutMachine } from './machine.ts';
import { PayoutView, payoutView } from './views.ts';

export const payoutChanged = defineEvent({
  type: 'payout.changed',
  entity: 'payout',
  view: PayoutView,
  change: z.object({ kind: z.enum(payoutMachine.states) }),
  notice({ view: { id, method, state, amountMinor, currency } }) {
    const template = templateOf(state, method);
    if (!template) return null;
    return { topic: 'payments', template, params: { amountMinor, currency }, about: { entity: 'payout', id } };
  },
});

/** What was cancelled is in the wallet, as what failed is. */
function templateOf(state: Payout['state'], method: Payout['method']): string | null {
  if (state === 'paid') return method === 'wallet' ? 'payout.credited' : 'payout.paid';
  return state === 'failed' || state === 'cancelled' ? 'payout.failed' : null;
}

export function tellPayee(tx: Tx, payout: Payout): void {
  tx.emit(payoutChanged, payout.userId, { view: payoutView(payout), change: { kind: payout.state } });
}
