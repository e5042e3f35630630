import { z } from 'zod';
import { publicProfiles } from '../../identity/index.ts';
import { assert } from '../../kernel/errors.ts';
import { defineCommand } from '../../kernel/define.ts';
import { newId } from '../../kernel/ids.ts';
import { isBlocked } from '../../trust/index.ts';
import { roomOf } from '../announce.ts';
import { StreamEntity, StreamId } from '../entities.ts';
import { streamSaid } from '../events.ts';
import { isOnAir, lockMember, sideOf } from '../policy.ts';
import { streamLimits } from '../settings.ts';

// What is said lives in the room's bounded history only: a live chat is over with its stream.
export const say = defineCommand({
  name: 'streams.say',
  access: 'user',
  ratePerMinute: 60,
  summary: 'Say something in the live chat.',
  input: z.strictObject({ streamId: StreamId, text: z.string().trim().min(1).max(streamLimits.messageChars) }),
  output: z.object({ messageId: z.uuid() }),
  errors: [
    'streams.not_found',
    'streams.unavailable',
    'streams.banned',
    'streams.muted',
    'streams.not_live',
    'streams.slow_mode',
  ],
  emits: [streamSaid],
  async run({ input, actor, tx, fail }) {
    const stream = await tx.db.findOne(StreamEntity, { id: input.streamId });
    if (!stream) return fail('streams.not_found');
    if (await isBlocked(tx, actor.userId, stream.hostId)) fail('streams.unavailable');
    const member = await lockMember(tx, stream.id, actor.userId);
    if (member.bannedAt) fail('streams.banned');
    if (member.mutedAt) fail('streams.muted');
    const now = await tx.now();
    if (!isOnAir(stream, now)) fail('streams.not_live');
    if (sideOf(actor, stream) === 'viewer' && member.saidAt) {
      const retryAfterMs = member.saidAt.getTime() + stream.slowModeSeconds * 1000 - now.getTime();
      if (retryAfterMs > 0) fail('streams.slow_mode', { retryAfterMs });
    }
    member.saidAt = now;
    const author = (await publicProfiles(tx.db, [actor.userId])).get(actor.userId);
    assert(author, 'a signed-in user has a profile');
    const messageId = newId();
    tx.publish(streamSaid, roomOf(stream), { messageId, author, text: input.text });
    return { messageId };
  },
});
