import { z } from 'zod';
import { defineCommand, defineSweep } from '../../kernel/define.ts';
import { assert } from '../../kernel/errors.ts';
import { limits } from '../../kernel/limits.ts';
import { claimShipmentsDue, orderChanged, orderTold } from '../../orders/index.ts';
import { ShipmentEntity } from '../entities.ts';
import { shipmentChanged, shipmentTold } from '../events.ts';
import { moveShipment } from '../moving.ts';
import { openShipment } from '../opening.ts';
import { lockShipment } from '../rows.ts';

/** Small, because a batch holds the locks of all its orders. */
const batch = limits.sweepBatch / 4;

const swept = {
  access: 'system',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
} as const;

export const followOrders = defineCommand({
  ...swept,
  name: 'shipments.follow',
  summary:
    'Make the shipments of orders that were packed, and end those of orders that were cancelled before a hub had them.',
  emits: [shipmentChanged, shipmentTold],
  async run({ tx }) {
    const orders = await claimShipmentsDue(tx, batch);
    for (const order of orders) {
      const seen = await tx.db.findOne(ShipmentEntity, { orderId: order.id });
      if (!seen && order.state === 'packed') await openShipment(tx, order);
      if (seen && order.state === 'cancelled') {
        await moveShipment(tx, await lockShipment(tx, seen), { name: 'cancel', by: 'system', actorId: null });
      }
    }
    return { swept: orders.length };
  },
});

export const followOrdersJob = defineSweep({
  name: 'shipments.follow',
  everySeconds: 2,
  summary: followOrders.summary,
  command: followOrders,
  batch,
});

export const returnUnclaimed = defineCommand({
  ...swept,
  name: 'shipments.returnUnclaimed',
  summary: 'Send back what nobody fetched from its hub, or took along, in time. The buyer is refunded.',
  emits: [shipmentChanged, shipmentTold, orderChanged, orderTold],
  async run({ tx }) {
    const overdue = { state: 'at_hub', deadline: { $lte: await tx.now() } } as const;
    const seen = await tx.db.find(ShipmentEntity, overdue, { orderBy: { orderId: 'asc' }, limit: batch });
    for (const { id, orderId, deadline } of seen) {
      const shipment = await lockShipment(tx, { id, orderId });
      if (shipment.state !== 'at_hub' || shipment.deadline?.getTime() !== deadline?.getTime()) continue;
      const reason = 'Not fetched in time.';
      const moved = await moveShipment(tx, shipment, { name: 'returnToSeller', by: 'system', actorId: null, reason });
      assert(moved, `shipment ${id} can be sent back with its order`);
    }
    return { swept: seen.length };
  },
});

export const returnUnclaimedJob = defineSweep({
  name: 'shipments.returnUnclaimed',
  everySeconds: 600,
  summary: returnUnclaimed.summary,
  command: returnUnclaimed,
  batch,
});
