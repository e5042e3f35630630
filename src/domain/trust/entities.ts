import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { UserId } from '../kernel/ids.ts';

export const BlockEntity = defineEntity({
  name: 'Block',
  tableName: 'block',
  properties: {
    id: p.uuid().primary(),
    blockerId: p.uuid().$type<UserId>(),
    blockedId: p.uuid().$type<UserId>(),
    createdAt: p.datetime(),
  },
});
export type Block = InferEntity<typeof BlockEntity>;
