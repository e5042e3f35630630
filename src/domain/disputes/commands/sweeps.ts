import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { assert } from '../../kernel/errors.ts';
import { applyMove } from '../../kernel/machine.ts';
import { orderChanged, orderTold } from '../../orders/index.ts';
import { DisputeEntity, RefundRequestEntity } from '../entities.ts';
import { disputeChanged, refundRequestChanged, tellDispute } from '../events.ts';
import { disputeMachine } from '../machine.ts';
import { openDispute } from '../opening.ts';
import { expireRequest, lockRequest, type LockedRequest } from '../requests.ts';
import { disputeLimits } from '../settings.ts';
import { withStatements } from '../views.ts';

const swept = {
  access: 'system',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
} as const;

/** Before it is delivered an order cannot be disputed. */
const notDelivered: ReadonlySet<string> = new Set([
  'placed',
  'accepted',
  'packed',
  'at_hub',
  'out_for_delivery',
  'ready_for_pickup',
]);

export const escalateRequests = defineCommand({
  ...swept,
  name: 'refunds.escalate',
  summary: 'Turn refund requests that their seller has not answered in time into disputes.',
  emits: [refundRequestChanged, disputeChanged, orderChanged, orderTold],
  async run({ tx }) {
    // One at a time, seen without a lock because the group and the order are locked first, and looked at again then.
    const due = { state: 'requested', dueAt: { $lte: await tx.now() } } as const;
    const [seen] = await tx.db.find(RefundRequestEntity, due, { orderBy: { dueAt: 'asc' }, limit: 1 });
    if (!seen) return { swept: 0 };
    const locked = await lockRequest(tx, seen.id);
    if (locked?.request.state === 'requested') await escalate(tx, locked);
    return { swept: 1 };
  },
});

async function escalate(tx: Tx, { request, found }: LockedRequest): Promise<void> {
  const { orderId, reason: text, evidenceIds } = request;
  if (notDelivered.has(found.order.state)) {
    request.dueAt = new Date((await tx.now()).getTime() + disputeLimits.recheckMs);
    return;
  }
  // The dispute takes over all requests of the order.
  if (await openDispute(tx, { orderId, reason: 'other', text, evidenceIds })) return;
  const dispute = await tx.db.findOne(DisputeEntity, { orderId });
  await expireRequest(tx, request, dispute?.id ?? null);
}

export const lapseDisputes = defineCommand({
  ...swept,
  name: 'disputes.lapse',
  summary: 'Pass disputes that the seller has not answered in time on to moderators.',
  emits: [disputeChanged],
  async run({ tx }) {
    const at = await tx.now();
    const due = { state: 'awaiting_other', deadline: { $lte: at } } as const;
    const disputes = await tx.db.find(DisputeEntity, due, {
      lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE,
      refresh: true,
      orderBy: { deadline: 'asc' },
      limit: disputeLimits.sweepBatch,
    });
    for (const file of await withStatements(tx.db, disputes)) {
      assert(applyMove(disputeMachine, file.dispute, { name: 'lapse', by: 'system', at }), 'a claimed dispute lapses');
      tellDispute(tx, file, 'lapsed');
    }
    return { swept: disputes.length };
  },
});
