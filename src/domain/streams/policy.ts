import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import type { Actor } from '../kernel/actor.ts';
import type { Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { movesFor } from '../kernel/machine.ts';
import { StreamEntity, StreamMemberEntity, type Stream, type StreamId, type StreamMember } from './entities.ts';
import { streamMachine, type StreamState } from './machine.ts';
import { streamLimits } from './settings.ts';

export type Side = 'host' | 'moderator' | 'viewer';

export function sideOf(actor: Actor, stream: Stream): Side {
  if (actor.kind !== 'user') return 'viewer';
  if (actor.userId === stream.hostId) return 'host';
  return actor.roles.includes('moderator') || actor.roles.includes('admin') ? 'moderator' : 'viewer';
}

/** When the server ends the stream by itself, or null while no time runs. */
export function deadlineOf({ state, startedAt, interruptedAt }: Stream): Date | null {
  if (state === 'interrupted' && interruptedAt) return new Date(interruptedAt.getTime() + streamLimits.interruptedMs);
  return state === 'live' && startedAt ? new Date(startedAt.getTime() + streamLimits.liveMs) : null;
}

/** Over by its state, or by a deadline that the sweep has not come to yet. */
export function isOver(stream: Stream, now: Date): boolean {
  const deadline = deadlineOf(stream);
  return stream.state === 'ended' || stream.state === 'recorded' || (deadline !== null && deadline <= now);
}

/** On air, a moment's interruption included. */
export function isOnAir(stream: Stream, now: Date): boolean {
  return (stream.state === 'live' || stream.state === 'interrupted') && !isOver(stream, now);
}

const moderating = ['streams.setSlowMode', 'streams.mute', 'streams.ban'];
const talking = ['streams.say', 'streams.react'];

export function hostActions(state: StreamState): string[] {
  const moves = movesFor(streamMachine, { state, by: 'host' });
  if (!moves.includes('end')) return [];
  const start = state === 'live' ? [] : ['streams.goLive'];
  const talk = state === 'live' || state === 'interrupted' ? talking : [];
  return [...start, 'streams.end', 'streams.rotateKey', 'streams.pin', 'streams.unpin', ...moderating, ...talk];
}

export function actionsOf(stream: Stream, actor: Actor, member: StreamMember | undefined): string[] {
  const side = sideOf(actor, stream);
  if (side === 'host') return hostActions(stream.state);
  if (actor.kind !== 'user' || (stream.state !== 'live' && stream.state !== 'interrupted')) return [];
  const moderate = side === 'moderator' ? ['streams.end', ...moderating] : [];
  if (member?.bannedAt) return moderate;
  return [...moderate, ...talking.filter((name) => name !== 'streams.say' || !member?.mutedAt)];
}

/** The stream, locked against other changes, and where the actor stands; null when there is none. */
export async function lockStream(
  tx: Tx,
  streamId: StreamId,
  actor: Actor,
): Promise<{ stream: Stream; side: Side } | null> {
  const stream = await tx.db.findOne(StreamEntity, { id: streamId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  return stream && { stream, side: sideOf(actor, stream) };
}

/** A person's row in a stream, made when there is none yet, and locked: a ban and a message take turns. */
export async function lockMember(tx: Tx, streamId: StreamId, userId: UserId): Promise<StreamMember> {
  await sql`
    insert into stream_member (stream_id, user_id) values (${streamId}, ${userId}) on conflict do nothing`.execute(
    tx.sql,
  );
  return tx.db.findOneOrFail(StreamMemberEntity, { streamId, userId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
}
