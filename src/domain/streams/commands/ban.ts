import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { UserId } from '../../kernel/ids.ts';
import { roomOf } from '../announce.ts';
import { StreamId } from '../entities.ts';
import { streamSilenced } from '../events.ts';
import { lockViewer } from '../lock-viewer.ts';

export const ban = defineCommand({
  name: 'streams.ban',
  access: 'user',
  summary: 'Put a viewer out of the stream and keep them out, or let them back with `banned: false`.',
  input: z.strictObject({ streamId: StreamId, userId: UserId, banned: z.boolean().default(true) }),
  output: z.object({}),
  errors: ['streams.not_found', 'streams.user_not_found', 'streams.host_untouchable'],
  emits: [streamSilenced],
  async run({ input, actor, tx, fail }) {
    const found = await lockViewer(tx, input, actor);
    if (typeof found === 'string') return fail(found);
    found.member.bannedAt = input.banned ? (found.member.bannedAt ?? (await tx.now())) : null;
    if (input.banned) {
      tx.evict({ userId: input.userId, room: roomOf(found.stream) });
      tx.publish(streamSilenced, roomOf(found.stream), { userId: input.userId });
    }
    return {};
  },
});
