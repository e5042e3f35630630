import { defineEntity, p } from '@mikro-orm/core';
import type { OrderId } from '../orders/index.ts';

export const escrowSteps = ['release', 'refund'] as const;
export type EscrowStep = (typeof escrowSteps)[number];
export const stepResults = ['ok', 'cancelled'] as const;

/** A step that somebody took, kept for figures: how often which step ends with the buyer's money going back. */
export const EscrowStepEntity = defineEntity({
  name: 'EscrowStep',
  tableName: 'escrow_step',
  properties: {
    id: p.uuid().primary(),
    orderId: p.uuid().$type<OrderId>(),
    step: p.text().$type<EscrowStep>(),
    result: p.text().$type<(typeof stepResults)[number]>(),
    bySide: p.text().$type<'buyer' | 'seller' | 'operator'>(),
    at: p.datetime(),
  },
});
