import { LockMode } from '@mikro-orm/core';
import type { Db, Tx } from '../kernel/define.ts';
import { applyMove } from '../kernel/machine.ts';
import { announce } from './announce.ts';
import { StreamEntity, type Stream } from './entities.ts';
import { streamMachine } from './machine.ts';

/** Ends a stream and forgets its key. False, changing nothing, when this side may not end it now. */
export function endStream(stream: Stream, by: 'host' | 'moderator' | 'system', at: Date): boolean {
  if (!applyMove(streamMachine, stream, { name: 'end', by, at })) return false;
  stream.endedAt = at;
  stream.interruptedAt = null;
  stream.streamKey = null;
  return true;
}

/** A stream's host and words, or null when there is none. */
export async function readStream(db: Db, streamId: string): Promise<Stream | null> {
  return db.findOne(StreamEntity, { id: streamId });
}

/** Ends a stream for moderators and tells its host and its room. False when it is not on air. */
export async function endStreamById(tx: Tx, streamId: string): Promise<boolean> {
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  const stream = await tx.db.findOne(StreamEntity, { id: streamId }, lock);
  if (!stream || !endStream(stream, 'moderator', await tx.now())) return false;
  await announce(tx, [stream], 'ended');
  return true;
}
