import { z } from 'zod';
import { publicProfiles } from '../../identity/index.ts';
import { defineCommand } from '../../kernel/define.ts';
import { newId, UserId } from '../../kernel/ids.ts';
import { noteBlockChange } from '../block-changes.ts';
import { lockPair } from '../blocked.ts';
import { BlockEntity } from '../entities.ts';
import { blockChanged } from '../events.ts';
import { BlockView, blockView } from '../views.ts';

/** Bounds what a snapshot holds. */
const blocksMax = 1_000;

export const addBlock = defineCommand({
  name: 'blocks.add',
  access: 'user',
  ratePerMinute: 30,
  summary:
    'Block a person: you neither write to, deal with nor see the presence of one another. Orders under way go on.',
  input: z.strictObject({ userId: UserId }),
  output: BlockView,
  errors: ['blocks.yourself', 'users.not_found', 'blocks.too_many'],
  emits: [blockChanged],
  async run({ input: { userId: blockedId }, actor: { userId: blockerId }, tx, fail }) {
    if (blockedId === blockerId) fail('blocks.yourself');
    if (!(await publicProfiles(tx.db, [blockedId])).has(blockedId)) fail('users.not_found');
    // Calls of one person take turns, so that they cannot pass the bound together.
    await lockPair(tx, blockerId, blockerId);
    await lockPair(tx, blockerId, blockedId);
    const known = await tx.db.findOne(BlockEntity, { blockerId, blockedId });
    if (known) return blockView(known);
    if ((await tx.db.count(BlockEntity, { blockerId })) >= blocksMax) fail('blocks.too_many');
    const block = tx.db.create(BlockEntity, { id: newId(), blockerId, blockedId, createdAt: await tx.now() });
    await tx.db.flush();
    await noteBlockChange(tx, blockerId, blockedId);
    const view = blockView(block);
    tx.emit(blockChanged, blockerId, { view });
    // Those who watch one another's presence stop at once.
    tx.evict({ userId: blockerId, room: `presence:${blockedId}` });
    tx.evict({ userId: blockedId, room: `presence:${blockerId}` });
    return view;
  },
});
