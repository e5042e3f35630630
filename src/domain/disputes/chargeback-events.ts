import { z } from 'zod';
import { defineEvent, type Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import type { ChargebackFile } from './chargeback-rows.ts';
import { ChargebackView, chargebackView, withEvidence } from './chargeback-views.ts';

const kinds = ['opened', 'changed', 'answered', 'won', 'lost', 'closed'] as const;
export type ChargebackChangeKind = (typeof kinds)[number];
const noticed: ReadonlySet<ChargebackChangeKind> = new Set(['opened', 'won', 'lost']);

/** To the sellers whose orders were paid with the payment. */
export const chargebackChanged = defineEvent({
  type: 'chargeback.changed',
  entity: 'chargeback',
  view: ChargebackView,
  change: z.object({ kind: z.enum(kinds) }),
  notice({ view: { id, amountMinor, currency }, change }) {
    if (!change || !noticed.has(change.kind)) return null;
    const template = `chargeback.${change.kind}`;
    return { topic: 'payments', template, params: { amountMinor, currency }, about: { entity: 'chargeback', id } };
  },
});

/** Tells each seller their own part. */
export async function tellChargeback(tx: Tx, file: ChargebackFile, kind: ChargebackChangeKind): Promise<void> {
  await tx.db.flush();
  const [answered] = await withEvidence(tx.db, [file]);
  for (const sellerId of sellersOf(file)) {
    tx.emit(chargebackChanged, sellerId, { view: chargebackView(answered!, sellerId), change: { kind } });
  }
}

function sellersOf({ shares }: ChargebackFile): Set<UserId> {
  return new Set(shares.map(({ sellerId }) => sellerId));
}
