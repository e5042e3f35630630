import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { UserId } from '../../kernel/ids.ts';
import { noteBlockChange } from '../block-changes.ts';
import { lockPair } from '../blocked.ts';
import { BlockEntity } from '../entities.ts';
import { blockChanged } from '../events.ts';
import { endedBlockView } from '../views.ts';

export const removeBlock = defineCommand({
  name: 'blocks.remove',
  access: 'user',
  ratePerMinute: 30,
  summary: 'Let a person back. Whom you did not block stays as they are.',
  input: z.strictObject({ userId: UserId }),
  output: z.object({}),
  errors: [],
  emits: [blockChanged],
  async run({ input: { userId: blockedId }, actor: { userId: blockerId }, tx }) {
    await lockPair(tx, blockerId, blockedId);
    const block = await tx.db.findOne(BlockEntity, { blockerId, blockedId });
    if (!block) return {};
    tx.emit(blockChanged, blockerId, { view: endedBlockView(block) });
    await tx.db.nativeDelete(BlockEntity, { id: block.id });
    await noteBlockChange(tx, blockerId, blockedId);
    return {};
  },
});
