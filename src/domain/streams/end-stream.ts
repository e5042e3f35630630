import { applyMove } from '../kernel/machine.ts';
import type { Stream } from './entities.ts';
import { streamMachine } from './machine.ts';

/** Ends a stream and forgets its key. False, changing nothing, when this side may not end it now. */
export function endStream(stream: Stream, by: 'host' | 'moderator' | 'system', at: Date): boolean {
  if (!applyMove(streamMachine, stream, { name: 'end', by, at })) return false;
  stream.endedAt = at;
  stream.interruptedAt = null;
  stream.streamKey = null;
  return true;
}
