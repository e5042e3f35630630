import { z } from 'zod';
import type { Db } from '../kernel/define.ts';
import { UserId } from '../kernel/ids.ts';
import { Currency } from '../kernel/money.ts';
import { orNull } from '../kernel/or-null.ts';
import { iso, Timestamp } from '../kernel/timestamp.ts';
import { OrderId } from '../orders/index.ts';
import { ChargebackEvidenceEntity, ChargebackId, type ChargebackEvidence } from './chargeback-entities.ts';
import { chargebackMachine, isDecided } from './chargeback-machine.ts';
import type { ChargebackFile } from './chargeback-rows.ts';

const Evidence = z.object({ text: z.string(), evidenceIds: z.array(z.uuid()), at: Timestamp });

/** A chargeback as one of the sellers sees it whose orders were paid with the payment. */
export const ChargebackView = z.object({
  id: ChargebackId,
  version: z.int(),
  role: z.enum(['seller', 'staff']),
  state: z.enum(chargebackMachine.states),
  reason: z.string(),
  currency: Currency,
  /** The orders' share of what the bank asks for. */
  amountMinor: z.int(),
  /** What is taken of it now: out of escrow, the reserve, or as a debt. */
  takenMinor: z.int(),
  orderIds: z.array(OrderId),
  evidence: z.array(Evidence),
  evidenceDueAt: orNull(Timestamp),
  closedAt: orNull(Timestamp),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  allowedActions: z.array(z.string()),
});

/** The whole of a chargeback, for admins. */
export const ChargebackDetails = ChargebackView.extend({
  provider: z.string(),
  providerRef: z.string(),
  paymentId: z.uuid(),
  /** Beyond the shares of orders: out of the payer's wallet, the payer's debt, and lost. */
  walletMinor: z.int(),
  owedMinor: z.int(),
  lossesMinor: z.int(),
  submittedAt: orNull(Timestamp),
  shares: z.array(
    z.object({
      orderId: OrderId,
      sellerId: UserId,
      amountMinor: z.int(),
      escrowMinor: z.int(),
      reserveMinor: z.int(),
      debtMinor: z.int(),
    }),
  ),
});

/** With what was put forward against it. */
export interface AnsweredChargeback extends ChargebackFile {
  readonly evidence: readonly ChargebackEvidence[];
}

export async function withEvidence(db: Db, files: readonly ChargebackFile[]): Promise<AnsweredChargeback[]> {
  const ids = files.map(({ chargeback: { id } }) => id);
  const found = await db.find(ChargebackEvidenceEntity, { chargebackId: { $in: ids } }, { orderBy: { id: 'asc' } });
  const byChargeback = Map.groupBy(found, ({ chargebackId }) => chargebackId);
  return files.map((file) => ({ ...file, evidence: byChargeback.get(file.chargeback.id) ?? [] }));
}

/** For one seller: their orders, and what they have put forward. */
export function chargebackView(file: AnsweredChargeback, sellerId: string): z.input<typeof ChargebackView> {
  const shares = file.shares.filter((share) => share.sellerId === sellerId);
  const evidence = file.evidence.filter((given) => given.sellerId === sellerId);
  return { ...viewOf({ ...file, shares, evidence }), role: 'seller' };
}

export function chargebackDetails(file: AnsweredChargeback): z.input<typeof ChargebackDetails> {
  const { provider, providerRef, paymentId, walletMinor, owedMinor, lossesMinor, submittedAt, amountMinor } =
    file.chargeback;
  return {
    ...viewOf(file),
    role: 'staff',
    amountMinor,
    provider,
    providerRef,
    paymentId,
    walletMinor,
    owedMinor,
    lossesMinor,
    submittedAt: iso(submittedAt),
    shares: file.shares.map((share) => ({
      orderId: share.orderId,
      sellerId: share.sellerId,
      amountMinor: share.amountMinor,
      escrowMinor: share.escrowMinor,
      reserveMinor: share.reserveMinor,
      debtMinor: share.debtMinor,
    })),
  };
}

function viewOf({ chargeback, shares, evidence }: AnsweredChargeback) {
  const { id, version, state, reason, currency, funds } = chargeback;
  const amountMinor = shares.reduce((total, share) => total + share.amountMinor, 0);
  return {
    id,
    version,
    state,
    reason,
    currency,
    amountMinor,
    takenMinor: funds === 'taken' ? amountMinor : 0,
    orderIds: shares.map(({ orderId }) => orderId),
    evidence: evidence.map(({ text, evidenceIds, createdAt }) => ({ text, evidenceIds, at: iso(createdAt) })),
    evidenceDueAt: iso(chargeback.evidenceDueAt),
    closedAt: iso(chargeback.closedAt),
    createdAt: iso(chargeback.createdAt),
    updatedAt: iso(chargeback.updatedAt),
    allowedActions: isDecided(state) ? [] : ['chargebacks.submitEvidence'],
  };
}
