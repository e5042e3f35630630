import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { attachUploads } from '../../media/index.ts';
import { lockOrderInGroup, orderChanged, OrderId, orderTold, sideFor } from '../../orders/index.ts';
import { disputeReasons } from '../entities.ts';
import { disputeChanged, refundRequestChanged } from '../events.ts';
import { openDispute } from '../opening.ts';
import { evidenceIds, text } from '../settings.ts';
import { DisputeView, disputeView } from '../views.ts';

const over: ReadonlySet<string> = new Set(['received', 'completed']);

export const openDisputeCommand = defineCommand({
  name: 'disputes.open',
  access: 'user',
  ratePerMinute: 20,
  summary: 'As the buyer of a delivered order, object before it counts as received. Its money is held until then.',
  input: z.strictObject({ orderId: OrderId, reason: z.enum(disputeReasons), text, evidenceIds }),
  output: DisputeView,
  errors: [
    'orders.not_found',
    'disputes.not_possible',
    'disputes.too_late',
    'uploads.not_found',
    'uploads.not_confirmed',
  ],
  emits: [disputeChanged, refundRequestChanged, orderChanged, orderTold],
  async run({ input, actor, tx, fail }) {
    const locked = await lockOrderInGroup(tx, input.orderId);
    const side = locked && (await sideFor(tx.db, locked.found.order, actor.userId));
    if (!locked || !side) return fail('orders.not_found');
    const { state, deadline } = locked.found.order;
    if (side !== 'buyer') fail('disputes.not_possible');
    if (over.has(state)) fail('disputes.too_late');
    if (state !== 'delivered') fail('disputes.not_possible');
    if (deadline && deadline <= (await tx.now())) fail('disputes.too_late');
    const evidence = { ownerId: actor.userId, uploadIds: input.evidenceIds, purpose: 'evidence' } as const;
    const attached = await attachUploads(tx, evidence);
    if (typeof attached === 'string') return fail(attached);
    const file = await openDispute(tx, input);
    return file ? disputeView(file, 'buyer') : fail('disputes.not_possible');
  },
});
