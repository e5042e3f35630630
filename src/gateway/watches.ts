import { closeCodes } from './close.ts';
import { comeBack } from './live-socket.ts';
import type { LocalSockets } from './local-sockets.ts';
import type { GatewayParts } from './parts.ts';
import type { Log } from '../log.ts';

const expirySweepMs = 500;

/** Tells sockets that their token expires, and closes those whose token was not replaced in time. */
export function watchExpiry({ clock, settings }: GatewayParts, sockets: LocalSockets): () => void {
  const { expiryNoticeMs = 60_000, expiryGraceMs = 25_000 } = settings;
  const timer = setInterval(() => {
    const now = Date.now() + clock.offsetMs;
    for (const live of sockets.all) {
      if (live.actor.kind !== 'user' || live.retired) continue;
      const { tokenExpiresAt } = live.actor;
      if (now >= tokenExpiresAt + expiryGraceMs) {
        void live.retire(...comeBack(closeCodes.expired, 0, 'token expired'));
      } else if (now >= tokenExpiresAt - expiryNoticeMs && !live.expiryTold) {
        live.expiryTold = true;
        live.push('session', { type: 'expiring', at: new Date(tokenExpiresAt).toISOString() });
      }
    }
  }, expirySweepMs).unref();
  return () => clearInterval(timer);
}

export interface HeadCheck {
  signals(): number;
  stop(): void;
}

/**
 * Finds pushes that were lost: a head that stayed above what this node pushed for a whole period is signalled to the
 * person's sockets here, which pull. Events pushed by other nodes are not seen by this one, so a signal may tell a
 * client what it already has.
 */
export function watchHeads({ inbox, settings, log }: GatewayParts, sockets: LocalSockets): HeadCheck {
  let signals = 0;
  let running = false;
  const check = async () => {
    const userIds = [...sockets.users].filter(([, { seen }]) => seen !== null).map(([userId]) => userId);
    const [first] = userIds;
    if (first === undefined) return;
    const heads = await inbox.heads(userIds);
    const lost = userIds.filter((userId) => isLost(sockets, userId, heads.get(userId) ?? 0));
    if (lost.length === 0) return;
    const { epoch } = await inbox.head(first);
    for (const userId of lost) {
      signals += 1;
      for (const live of sockets.users.get(userId)?.sockets ?? []) {
        live.push('signal', { type: 'inbox.head', data: { epoch, seq: heads.get(userId) } });
      }
    }
  };
  const timer = setInterval(() => {
    if (running) return;
    running = true;
    check()
      .catch(report(log))
      .finally(() => {
        running = false;
      });
  }, settings.headCheckMs ?? 2_000).unref();
  return { signals: () => signals, stop: () => clearInterval(timer) };
}

/** Moves a person's marks by one check; true when the head has been ahead since the last one. */
function isLost(sockets: LocalSockets, userId: string, head: number): boolean {
  const user = sockets.users.get(userId);
  if (!user || user.seen === null) return false;
  const lost = user.suspect !== null && user.seen < user.suspect;
  if (lost) user.seen = head;
  user.suspect = head > user.seen ? head : null;
  return lost;
}

function report(log: Log): (error: unknown) => void {
  // The next check comes in two seconds; while the database is away, so would one line each time.
  return (error) => log.debug({ err: error }, 'the inbox heads could not be checked');
}
