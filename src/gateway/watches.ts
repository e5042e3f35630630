import { limits } from '../domain/kernel/index.ts';
import { closeCodes } from './close.ts';
import { comeBack, type LiveSocket } from './live-socket.ts';
import type { LocalSockets } from './local-sockets.ts';
import type { GatewayParts } from './parts.ts';

const expirySweepMs = 500;

/** Tells sockets that their token expires, and closes those whose token was not replaced in time. */
export function watchExpiry({ clock, settings, database }: GatewayParts, sockets: LocalSockets): () => void {
  const { expiryNoticeMs = 60_000, expiryGraceMs = 25_000, databaseAwayMs = limits.databaseAwayMs } = settings;
  const timer = setInterval(() => {
    const now = Date.now() + clock.offsetMs;
    // A token cannot be extended without the database. Bounded, because a revoked one would live as long.
    const heldMs = isRecovering(database) ? databaseAwayMs + limits.extendAfterOutageMs : 0;
    for (const live of sockets.all) {
      if (live.actor.kind !== 'user' || live.retired) continue;
      const { tokenExpiresAt } = live.actor;
      if (now >= tokenExpiresAt + expiryGraceMs + heldMs) {
        void live.retire(...comeBack(closeCodes.expired, 0, 'token expired'));
      } else if (now >= tokenExpiresAt - expiryNoticeMs && !live.expiryTold) {
        live.expiryTold = true;
        live.push('session', { type: 'expiring', at: new Date(tokenExpiresAt).toISOString() });
      }
    }
  }, expirySweepMs).unref();
  return () => clearInterval(timer);
}

/** Away, or back for so short a time that clients could not extend their tokens yet. */
function isRecovering({ awaySince, backSince }: GatewayParts['database']): boolean {
  if (awaySince !== null) return true;
  return backSince !== null && performance.now() - backSince < limits.extendAfterOutageMs;
}

const outageSweepMs = 1_000;
/** Sockets of one node are sent away over this time, and told to wait up to as long again. */
const leaveSpreadMs = 5_000;

/** Sends every socket away when the database stays away: another node may be luckier. */
export function watchOutage({ settings, database }: GatewayParts, sockets: LocalSockets): () => void {
  const awayMs = settings.databaseAwayMs ?? limits.databaseAwayMs;
  const leave = (live: LiveSocket) => {
    const afterMs = limits.unavailableRetryMs + Math.random() * leaveSpreadMs;
    void live.retire(...comeBack(closeCodes.unavailable, afterMs, 'unavailable'));
  };
  const isTooLong = () => database.awaySince !== null && performance.now() - database.awaySince > awayMs;
  let isLeaving = false;
  const timer = setInterval(() => {
    if (!isTooLong() || isLeaving) return;
    isLeaving = true;
    for (const live of sockets.all) {
      setTimeout(() => isTooLong() && leave(live), Math.random() * leaveSpreadMs).unref();
    }
    setTimeout(() => (isLeaving = false), leaveSpreadMs).unref();
  }, outageSweepMs).unref();
  return () => clearInterval(timer);
}
