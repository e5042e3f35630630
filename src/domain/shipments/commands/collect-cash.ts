import { z } from 'zod';
import { fundCash } from '../../escrow/index.ts';
import { defineCommand } from '../../kernel/define.ts';
import { assert } from '../../kernel/errors.ts';
import { bump } from '../../kernel/machine.ts';
import { AmountMinor } from '../../kernel/money.ts';
import { paymentChanged, recordCashCollected } from '../../payments/index.ts';
import { shipmentChanged, shipmentTold } from '../events.ts';
import { hubCommand, shipmentInput } from '../hub-command.ts';
import { tellShipment } from '../moving.ts';
import { lockOthersShipment } from '../rows.ts';
import { hubShipmentView, takesCash } from '../views.ts';

export const collectCash = defineCommand({
  ...hubCommand,
  name: 'shipments.collectCash',
  summary: 'Say that the buyer has paid what is due in cash. Said again, it counts once.',
  input: z.strictObject({ ...shipmentInput, amountMinor: AmountMinor }),
  emits: [shipmentChanged, shipmentTold, paymentChanged],
  errors: [
    'shipments.not_found',
    'shipments.own_parcel',
    'shipments.no_cash',
    'shipments.wrong_amount',
    'shipments.not_possible',
  ],
  async run({ input: { shipmentId, amountMinor }, actor: { userId }, tx, fail }) {
    const shipment = await lockOthersShipment({ tx, userId, fail }, shipmentId);
    const { orderId, hubId, cashMinor, cashState } = shipment;
    if (!cashMinor || cashState === 'void') fail('shipments.no_cash');
    if (cashMinor !== amountMinor) fail('shipments.wrong_amount');
    if (cashState !== 'due') return hubShipmentView(shipment);
    if (!takesCash(shipment)) fail('shipments.not_possible');
    const now = await tx.now();
    shipment.cashState = 'collected';
    shipment.cashCollectedAt = now;
    shipment.cashCollectedBy = userId;
    bump(shipment, now);
    const outcome = await fundCash(tx, { orderId, hubId, amountMinor });
    assert(outcome === 'collected', `the cash of order ${orderId} can be collected: ${outcome}`);
    await recordCashCollected(tx, { orderId, amountMinor });
    await tellShipment(tx, shipment, 'cash_collected');
    return hubShipmentView(shipment);
  },
});
