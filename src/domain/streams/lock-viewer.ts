import { publicProfiles } from '../identity/index.ts';
import type { Actor } from '../kernel/actor.ts';
import type { Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { StreamEntity, type Stream, type StreamId, type StreamMember } from './entities.ts';
import { lockMember, sideOf } from './policy.ts';

type Refusal = 'streams.not_found' | 'auth.forbidden' | 'streams.host_untouchable' | 'streams.user_not_found';

/** The locked row of the viewer whom a host or a moderator wants to mute or ban, or why they may not. */
export async function lockViewer(
  tx: Tx,
  { streamId, userId }: { streamId: StreamId; userId: UserId },
  actor: Actor,
): Promise<{ stream: Stream; member: StreamMember } | Refusal> {
  const stream = await tx.db.findOne(StreamEntity, { id: streamId });
  if (!stream) return 'streams.not_found';
  if (sideOf(actor, stream) === 'viewer') return 'auth.forbidden';
  if (userId === stream.hostId) return 'streams.host_untouchable';
  if (!(await publicProfiles(tx.db, [userId])).has(userId)) return 'streams.user_not_found';
  return { stream, member: await lockMember(tx, streamId, userId) };
}
