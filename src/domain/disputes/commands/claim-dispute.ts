import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { applyMove } from '../../kernel/machine.ts';
import { claimantOf, disputeSide, lockDispute } from '../disputed.ts';
import { DisputeId } from '../entities.ts';
import { disputeChanged, tellDispute } from '../events.ts';
import { disputeMachine } from '../machine.ts';
import { DisputeDetails, disputeDetails } from '../views.ts';

export const claimDispute = defineCommand({
  name: 'disputes.claim',
  access: 'moderator',
  summary: 'Take a dispute to decide on. A claim of an hour ago may be taken over.',
  input: z.strictObject({ disputeId: DisputeId }),
  output: DisputeDetails,
  errors: ['disputes.not_found', 'disputes.conflict_of_interest', 'disputes.claimed', 'disputes.not_possible'],
  emits: [disputeChanged],
  async run({ input, actor, tx, fail }) {
    const locked = await lockDispute(tx, input.disputeId);
    if (!locked) return fail('disputes.not_found');
    const { dispute } = locked.file;
    if ((await disputeSide(tx.db, dispute, actor)) !== 'moderator') fail('disputes.conflict_of_interest');
    const at = await tx.now();
    const claimant = dispute.state === 'under_review' ? claimantOf(dispute, at) : null;
    if (claimant && claimant !== actor.userId) fail('disputes.claimed');
    if (!applyMove(disputeMachine, dispute, { name: 'claim', by: 'moderator', at })) fail('disputes.not_possible');
    Object.assign(dispute, { claimedBy: actor.userId, claimedAt: at });
    tellDispute(tx, locked.file, 'claimed');
    return disputeDetails(locked.file);
  },
});
