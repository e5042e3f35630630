import {
  CommandError,
  limits,
  replyError,
  type Meta,
  type Reply,
  type ReplyError,
  type UniversalCode,
} from '../domain/kernel/index.ts';
import { closeCodes } from './close.ts';
import { refusedFrame, type FrameRefusal } from './frames.ts';
import { comeBack, type LiveSocket } from './live-socket.ts';
import type { GatewayParts } from './parts.ts';

type Acknowledge = (reply: Reply) => void;

const badFrameCodes: ReadonlySet<string> = new Set<UniversalCode>([
  'frame.malformed',
  'frame.too_large',
  'command.unknown',
]);

/**
 * Every event of the socket is a command: `emit(name, input, ack)`. Without an acknowledgement the command runs all the
 * same and its answer is dropped; only what is wrong with the frame itself is told, as a signal `frame.refused`.
 */
export function dispatchTo(parts: GatewayParts, live: LiveSocket): void {
  live.socket.onAny((name: unknown, ...args: unknown[]) => {
    if (live.retired) return;
    const acknowledge = typeof args.at(-1) === 'function' ? (args.pop() as Acknowledge) : null;
    const isOverloaded = live.inFlight >= limits.commandsInFlightPerSocket;
    void live.working(async () => {
      await live.opened;
      const reply = await answer(parts, live, { name, args, isOverloaded });
      acknowledge?.(reply);
      if (!reply.ok && badFrameCodes.has(reply.error.code)) onBadFrame(live, reply.error, acknowledge !== null);
    });
  });
}

async function answer(
  { execute, errors }: GatewayParts,
  live: LiveSocket,
  { name, args, isOverloaded }: { name: unknown; args: unknown[]; isOverloaded: boolean },
): Promise<Reply> {
  const requestId = crypto.randomUUID();
  const refuse = (code: UniversalCode, details = {}): Reply => ({
    ok: false,
    error: replyError(new CommandError(code, details), errors, requestId),
  });
  if (name === refusedFrame) return refuse(args[0] as FrameRefusal);
  if (typeof name !== 'string' || args.length > 1) return refuse('frame.malformed');
  if (isOverloaded) return refuse('limit.rate', { retryAfterMs: 1_000 });
  const userAgent = live.socket.handshake.headers['user-agent']?.slice(0, 300);
  const meta: Meta = { requestId, ip: live.ip, connection: live, ...(userAgent ? { userAgent } : {}) };
  return execute(name, args[0], { actor: live.actor, meta });
}

function onBadFrame(live: LiveSocket, error: ReplyError, wasAcknowledged: boolean): void {
  if (!wasAcknowledged) live.push('signal', { type: 'frame.refused', data: error });
  if (!live.isBadFrameTooMany()) return;
  // This runs inside the frame's own work, which `retire` would wait for.
  setImmediate(() => void live.retire(...comeBack(closeCodes.badFrames, 5_000, 'bad frames')));
}
