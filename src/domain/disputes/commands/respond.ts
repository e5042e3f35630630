import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { applyMove } from '../../kernel/machine.ts';
import { walletChanged } from '../../ledger/index.ts';
import { attachUploads } from '../../media/index.ts';
import { orderChanged, orderTold } from '../../orders/index.ts';
import { decideForBuyer } from '../deciding.ts';
import { disputeSide, lockDispute } from '../disputed.ts';
import { DisputeId } from '../entities.ts';
import { disputeChanged, tellDispute } from '../events.ts';
import { disputeMachine } from '../machine.ts';
import { hasOpenChargeback } from '../open-chargebacks.ts';
import { state } from '../opening.ts';
import { evidenceIds, text } from '../settings.ts';
import { DisputeView, disputeView } from '../views.ts';

export const respond = defineCommand({
  name: 'disputes.respond',
  access: 'user',
  summary:
    'As the seller, answer a dispute in time, or give in at any time before it is decided: the buyer is refunded.',
  input: z
    .strictObject({ disputeId: DisputeId, text: text.optional(), evidenceIds, concede: z.boolean().default(false) })
    .refine(({ text: said, concede }) => concede || said !== undefined, {
      path: ['text'],
      error: 'an answer has a text',
    }),
  output: DisputeView,
  errors: [
    'disputes.not_found',
    'disputes.not_possible',
    'disputes.expired',
    'refunds.chargeback_open',
    'uploads.not_found',
    'uploads.not_confirmed',
  ],
  emits: [disputeChanged, orderChanged, orderTold, walletChanged],
  async run({ input, actor, tx, fail }) {
    const locked = await lockDispute(tx, input.disputeId);
    const side = locked && (await disputeSide(tx.db, locked.file.dispute, actor));
    if (!locked || !side || side === 'moderator') return fail('disputes.not_found');
    const { dispute, statements } = locked.file;
    const at = await tx.now();
    const isTime = dispute.state === 'awaiting_other' && dispute.deadline > at;
    const isLate = dispute.state === 'awaiting_other' && !isTime;
    const name = input.concede ? 'concede' : 'respond';
    if (!applyMove(disputeMachine, dispute, { name, by: side, at })) fail('disputes.not_possible');
    if (isLate && !input.concede) fail('disputes.expired');
    if (input.concede && (await hasOpenChargeback(tx, dispute.orderId))) fail('refunds.chargeback_open');
    const evidence = { ownerId: actor.userId, uploadIds: input.evidenceIds, purpose: 'evidence' } as const;
    const attached = await attachUploads(tx, evidence);
    if (typeof attached === 'string') return fail(attached);
    const said = { text: input.text ?? '', evidenceIds: input.evidenceIds, side: 'seller', authorId: actor.userId };
    const file = { dispute, statements: [...statements] };
    // After the time to answer, the statements are closed.
    if (isTime && input.text) file.statements.push(await state(tx, dispute, { ...said, side: 'seller' }));
    if (input.concede) {
      dispute.decidedAt = at;
      await decideForBuyer(tx, dispute);
    }
    tellDispute(tx, file, input.concede ? 'resolved' : 'responded');
    return disputeView(file, side);
  },
});
