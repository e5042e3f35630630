import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand, defineSweep } from '../../kernel/define.ts';
import { assert } from '../../kernel/errors.ts';
import { limits } from '../../kernel/limits.ts';
import { claimShipmentsDue, orderChanged, orderTold } from '../../orders/index.ts';
import { ShipmentEntity } from '../entities.ts';
import { shipmentChanged, shipmentTold } from '../events.ts';
import { moveShipment, tellShipment } from '../moving.ts';
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

export const loseOverdue = defineCommand({
  ...swept,
  name: 'shipments.loseOverdue',
  summary: 'Count as lost what a courier has neither delivered nor brought back in time. The buyer is refunded.',
  emits: [shipmentChanged, shipmentTold, orderChanged, orderTold],
  async run({ tx }) {
    const overdue = { state: { $in: ['out_for_delivery', 'failed'] as const }, deadline: { $lte: await tx.now() } };
    const seen = await tx.db.find(ShipmentEntity, overdue, { orderBy: { orderId: 'asc' }, limit: batch });
    for (const { id, orderId, deadline } of seen) {
      const shipment = await lockShipment(tx, { id, orderId });
      if (shipment.deadline?.getTime() !== deadline?.getTime()) continue;
      const moved = await moveShipment(tx, shipment, { name: 'lose', by: 'system', actorId: null });
      assert(moved, `shipment ${id} can be lost with its order`);
    }
    return { swept: seen.length };
  },
});

export const loseOverdueJob = defineSweep({
  name: 'shipments.loseOverdue',
  everySeconds: 600,
  summary: loseOverdue.summary,
  command: loseOverdue,
  batch,
});

export const remindOfShipments = defineCommand({
  ...swept,
  name: 'shipments.remind',
  summary: 'Remind hubs, and both sides, of parcels that a courier has for half of the time after which they are lost.',
  emits: [shipmentChanged, shipmentTold],
  async run({ tx }) {
    const due = { remindAt: { $lte: await tx.now() } };
    const lock = { lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE, refresh: true, limit: batch } as const;
    const shipments = await tx.db.find(ShipmentEntity, due, { ...lock, orderBy: { remindAt: 'asc' } });
    for (const shipment of shipments) {
      shipment.remindAt = null;
      // Nothing about the parcel is different, so its version stays.
      await tellShipment(tx, shipment, 'overdue');
    }
    return { swept: shipments.length };
  },
});

export const remindOfShipmentsJob = defineSweep({
  name: 'shipments.remind',
  everySeconds: 600,
  summary: remindOfShipments.summary,
  command: remindOfShipments,
  batch,
});
