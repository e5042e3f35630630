import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { applyMove } from '../../kernel/machine.ts';
import { orderChanged, orderTold } from '../../orders/index.ts';
import { decideForSeller } from '../deciding.ts';
import { disputeSide, lockDispute } from '../disputed.ts';
import { DisputeId } from '../entities.ts';
import { disputeChanged, tellDispute } from '../events.ts';
import { disputeMachine } from '../machine.ts';
import { DisputeView, disputeView } from '../views.ts';

export const withdrawDispute = defineCommand({
  name: 'disputes.withdraw',
  access: 'user',
  summary: 'As the buyer, take a dispute back that is not decided: the order counts as received.',
  input: z.strictObject({ disputeId: DisputeId }),
  output: DisputeView,
  errors: ['disputes.not_found', 'disputes.not_possible'],
  emits: [disputeChanged, orderChanged, orderTold],
  async run({ input, actor, tx, fail }) {
    const locked = await lockDispute(tx, input.disputeId);
    const side = locked && (await disputeSide(tx.db, locked.file.dispute, actor));
    if (!locked || !side || side === 'moderator') return fail('disputes.not_found');
    const { dispute } = locked.file;
    const at = await tx.now();
    if (!applyMove(disputeMachine, dispute, { name: 'withdraw', by: side, at })) fail('disputes.not_possible');
    dispute.decidedAt = at;
    await decideForSeller(tx, dispute);
    tellDispute(tx, locked.file, 'withdrawn');
    return disputeView(locked.file, side);
  },
});
