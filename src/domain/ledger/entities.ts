import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { UserId } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';

export const HoldEntity = defineEntity({
  name: 'LedgerHold',
  tableName: 'ledger_hold',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid().$type<UserId>(),
    currency: p.text().$type<Currency>(),
    amountMinor: p.bigint('number'),
    purpose: p.text(),
    purposeId: p.text(),
    state: p.text().$type<'held' | 'spent' | 'voided'>(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Hold = InferEntity<typeof HoldEntity>;
