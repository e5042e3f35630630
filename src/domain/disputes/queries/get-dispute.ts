import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { disputeSide } from '../disputed.ts';
import { DisputeEntity, DisputeId } from '../entities.ts';
import { DisputeView, disputeView, withStatements } from '../views.ts';

export const getDispute = defineQuery({
  name: 'disputes.get',
  access: 'user',
  summary: 'A dispute of an order that you buy or sell, with what both sides say; moderators see all.',
  input: z.strictObject({ disputeId: DisputeId }),
  output: DisputeView,
  errors: ['disputes.not_found'],
  async run({ input, actor, db, fail }) {
    const dispute = await db.findOne(DisputeEntity, { id: input.disputeId });
    const side = dispute && (await disputeSide(db, dispute, actor));
    if (!dispute || !side) return fail('disputes.not_found');
    const [file] = await withStatements(db, [dispute]);
    return disputeView(file!, side);
  },
});
