import type { InboxHeads } from '../domain/kernel/index.ts';
import type { LocalSockets, LocalUser } from './local-sockets.ts';
import type { GatewayParts } from './parts.ts';

export interface HeadCheck {
  signals(): number;
  stop(): void;
}

/** What was known before the database was asked: it must not answer less. */
interface Known {
  readonly userId: string;
  readonly user: LocalUser;
  readonly seen: number;
  readonly epoch: string | null;
}

/**
 * Finds pushes that were lost: a head that stayed above what was pushed here for a whole period, by this node or by
 * another, is signalled to the person's sockets, which pull. A new epoch is signalled too, whatever the head.
 *
 * A log that went back is found as well: what this node pushed had been committed, so a lower head means that history
 * was lost. Its numbers must not be given again under the same epoch. What clients claim counts for nothing here: one
 * could restart everybody's log.
 */
export function watchHeads({ inbox, settings, log }: GatewayParts, sockets: LocalSockets): HeadCheck {
  let signals = 0;
  let running = false;
  const check = async () => {
    const known = knownOf(sockets);
    if (known.length === 0) return;
    let now = await inbox.heads(known.map(({ userId }) => userId));
    if (hasGoneBack(known, now)) {
      log.warn({ epoch: now.epoch }, 'the inbox log has gone back behind what was pushed; it begins a new epoch');
      await inbox.end(now.epoch);
      now = await inbox.heads(known.map(({ userId }) => userId));
    }
    const { epoch, heads } = now;
    for (const { userId, user } of known) {
      const seq = heads.get(userId) ?? 0;
      if (!isTold(user, { epoch, seq })) continue;
      signals += 1;
      for (const live of user.sockets) live.push('signal', { type: 'inbox.head', data: { epoch, seq } });
    }
  };
  const timer = setInterval(() => {
    if (running) return;
    running = true;
    check()
      // The next check comes in two seconds; while the database is away, so would one line each time.
      .catch((error: unknown) => log.debug({ err: error }, 'the inbox heads could not be checked'))
      .finally(() => {
        running = false;
      });
  }, settings.headCheckMs ?? 2_000).unref();
  return { signals: () => signals, stop: () => clearInterval(timer) };
}

function knownOf(sockets: LocalSockets): Known[] {
  return [...sockets.users].flatMap(([userId, user]) =>
    user.seen === null ? [] : [{ userId, user, seen: user.seen, epoch: user.epoch }],
  );
}

function hasGoneBack(known: readonly Known[], { epoch, heads }: InboxHeads): boolean {
  return known.some(({ userId, seen, epoch: own }) => own === epoch && (heads.get(userId) ?? 0) < seen);
}

/** Moves a person's marks by one check; true when the head has been ahead since the last one, or the epoch is new. */
function isTold(user: LocalUser, { epoch, seq }: { epoch: string; seq: number }): boolean {
  if (user.seen === null) return false;
  const isNew = user.epoch !== epoch;
  const isLost = user.suspect !== null && user.seen < user.suspect;
  if (isNew || isLost) user.seen = seq;
  user.epoch = epoch;
  user.suspect = seq > user.seen ? seq : null;
  return isNew || isLost;
}
