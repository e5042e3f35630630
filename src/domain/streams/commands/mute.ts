import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { UserId } from '../../kernel/ids.ts';
import { roomOf } from '../announce.ts';
import { StreamId } from '../entities.ts';
import { streamSilenced } from '../events.ts';
import { lockViewer } from '../lock-viewer.ts';

export const mute = defineCommand({
  name: 'streams.mute',
  access: 'user',
  summary: 'Keep a viewer from talking in the chat, or let them again with `muted: false`.',
  input: z.strictObject({ streamId: StreamId, userId: UserId, muted: z.boolean().default(true) }),
  output: z.object({}),
  errors: ['streams.not_found', 'streams.user_not_found', 'streams.host_untouchable'],
  emits: [streamSilenced],
  async run({ input, actor, tx, fail }) {
    const found = await lockViewer(tx, input, actor);
    if (typeof found === 'string') return fail(found);
    found.member.mutedAt = input.muted ? (found.member.mutedAt ?? (await tx.now())) : null;
    if (input.muted) tx.publish(streamSilenced, roomOf(found.stream), { userId: input.userId });
    return {};
  },
});
