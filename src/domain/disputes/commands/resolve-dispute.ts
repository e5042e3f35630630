import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { applyMove } from '../../kernel/machine.ts';
import { AmountMinor } from '../../kernel/money.ts';
import { walletChanged } from '../../ledger/index.ts';
import { orderChanged, orderTold } from '../../orders/index.ts';
import { decideForBuyer, decideForSeller, refundableNow, split } from '../deciding.ts';
import { claimantOf, disputeSide, lockDispute } from '../disputed.ts';
import { DisputeId, type Dispute } from '../entities.ts';
import { disputeChanged, tellDispute } from '../events.ts';
import { disputeMachine, type DisputeMove } from '../machine.ts';
import { hasOpenChargeback } from '../open-chargebacks.ts';
import { text } from '../settings.ts';
import { DisputeDetails, disputeDetails } from '../views.ts';

const outcomes = ['buyer', 'seller', 'split'] as const;
type Outcome = (typeof outcomes)[number];
const moves = {
  buyer: 'resolveToBuyer',
  seller: 'resolveToSeller',
  split: 'split',
} as const satisfies Record<Outcome, DisputeMove>;

export const resolveDispute = defineCommand({
  name: 'disputes.resolve',
  access: 'moderator',
  summary: 'Decide on a dispute that you claimed: all of the money goes to one side, or a part goes back to the buyer.',
  input: z
    .strictObject({
      disputeId: DisputeId,
      outcome: z.enum(outcomes),
      refundMinor: AmountMinor.optional().describe('Of a split: what goes back to the buyer.'),
      note: text.describe('Both sides read it.'),
    })
    .refine(({ outcome, refundMinor }) => (outcome === 'split') === (refundMinor !== undefined), {
      path: ['refundMinor'],
      error: 'a split says what goes back, and nothing else does',
    }),
  output: DisputeDetails,
  errors: [
    'disputes.not_found',
    'disputes.conflict_of_interest',
    'disputes.not_possible',
    'disputes.not_claimed',
    'disputes.claimed',
    'refunds.chargeback_open',
    'refunds.too_much',
  ],
  emits: [disputeChanged, orderChanged, orderTold, walletChanged],
  async run({ input, actor, tx, fail }) {
    const locked = await lockDispute(tx, input.disputeId);
    if (!locked) return fail('disputes.not_found');
    const { dispute } = locked.file;
    if ((await disputeSide(tx.db, dispute, actor)) !== 'moderator') fail('disputes.conflict_of_interest');
    const at = await tx.now();
    const { outcome, refundMinor = 0, note } = input;
    const claimant = claimantOf(dispute, at);
    if (!applyMove(disputeMachine, dispute, { name: moves[outcome], by: 'moderator', at }))
      fail('disputes.not_possible');
    if (!claimant) fail('disputes.not_claimed');
    if (claimant !== actor.userId) fail('disputes.claimed');
    if (outcome !== 'seller' && (await hasOpenChargeback(tx, dispute.orderId))) fail('refunds.chargeback_open');
    // All of it is no split.
    if (outcome === 'split' && refundMinor >= (await refundableNow(tx, dispute))) fail('refunds.too_much');
    Object.assign(dispute, { note, decidedAt: at });
    await carryOut(tx, dispute, { outcome, refundMinor });
    tellDispute(tx, locked.file, 'resolved');
    tx.audit({
      action: `disputes.${moves[outcome]}`,
      subject: { kind: 'order', id: dispute.orderId },
      details: { disputeId: dispute.id, refundMinor: dispute.refundMinor },
    });
    return disputeDetails(locked.file);
  },
});

async function carryOut(
  tx: Tx,
  dispute: Dispute,
  { outcome, refundMinor }: { outcome: Outcome; refundMinor: number },
): Promise<void> {
  if (outcome === 'buyer') return decideForBuyer(tx, dispute);
  if (outcome === 'seller') return decideForSeller(tx, dispute);
  return split(tx, dispute, refundMinor);
}
