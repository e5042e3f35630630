import { z } from 'zod';
import { publicProfiles, PublicUserView } from '../../identity/index.ts';
import { defineQuery } from '../../kernel/define.ts';
import { assert } from '../../kernel/errors.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { BlockEntity } from '../entities.ts';
import { BlockView, blockView } from '../views.ts';

export const listBlocks = defineQuery({
  name: 'blocks.list',
  access: 'user',
  summary: 'The people you have blocked, the latest first.',
  input: z.strictObject(pageInput),
  output: page(BlockView.extend({ user: PublicUserView })),
  errors: [],
  async run({ input: { cursor, limit }, actor, db }) {
    const after = decodeCursor(cursor, z.tuple([z.uuid()]))?.[0];
    const blocks = await db.find(
      BlockEntity,
      { blockerId: actor.userId, ...(after && { id: { $lt: after } }) },
      { orderBy: { id: 'desc' }, limit: limit + 1 },
    );
    const profiles = await publicProfiles(
      db,
      blocks.map(({ blockedId }) => blockedId),
    );
    return cutPage(blocks, limit, {
      item: (block) => {
        const user = profiles.get(block.blockedId);
        assert(user, `whom block ${block.id} is about exists`);
        return { ...blockView(block), user };
      },
      key: ({ id }) => [id],
    });
  },
});
