import type { Observation, Operation } from './domain/kernel/index.ts';
import type { Metrics } from './http/index.ts';
import type { JobObservation } from './jobs/index.ts';
import type { Log } from './log.ts';

/**
 * One line and one measurement for each operation. Inputs are never logged: they may hold anything. What matters for
 * security is told at a level that shows in production; the rest is for development.
 */
export function observeCommand(
  log: Log,
  metrics: Metrics,
  { operations, signIns }: SecurityScope,
): (observation: Observation) => void {
  const bound = boundedLines();
  return ({ name, outcome, durationMs, actor, meta, about, cause }) => {
    metrics.command({ name, outcome, durationMs });
    const by = actor.kind === 'user' ? actor.userId : actor.kind;
    const fields = { command: name, outcome, ms: Math.round(durationMs * 10) / 10, by, request: meta.requestId };
    if (cause !== undefined) return log.error({ ...fields, err: cause }, 'command failed');
    const security = actor.kind === 'system' && outcome === 'ok' ? null : securityOf(name, outcome);
    const line = security && bound(`${name} ${outcome}`);
    if (!security || !line) return log.debug(fields, 'command');
    const whose = about.length > 0 ? { accounts: about } : {};
    log[outcome === 'ok' ? 'info' : 'warn']({ ...fields, ...whose, ...line, security, ip: meta.ip }, 'security');
  };

  function securityOf(name: string, outcome: string): string | null {
    if (refusals.has(outcome)) return 'refused';
    if (signIns.has(name)) return 'account';
    return staff.has(operations.get(name)?.access ?? 'guest') ? 'staff' : null;
  }
}

export interface SecurityScope {
  readonly operations: ReadonlyMap<string, Pick<Operation, 'access'>>;
  /** Names of the operations by which people sign in and change how they sign in. */
  readonly signIns: ReadonlySet<string>;
}

const staff: ReadonlySet<string> = new Set(['hub', 'moderator', 'analyst', 'admin']);

/** Answers of any operation to somebody who tries what they may not. Expired tokens and guests are everyday. */
const refusals: ReadonlySet<string> = new Set([
  'auth.forbidden',
  'auth.invalid',
  'auth.revoked',
  'auth.suspended',
  'limit.rate',
  'payments.webhook_refused',
]);

const linesMax = 10;
const windowMs = 10_000;

/**
 * At most ten lines about the same thing in ten seconds, so that an attack cannot fill the disk; the first of the next
 * window tells how many there were beside. Things are as many as operations and their declared outcomes.
 */
function boundedLines(): (about: string) => { alike?: number } | null {
  const windows = new Map<string, { since: number; seen: number }>();
  return (about) => {
    const now = performance.now();
    const known = windows.get(about);
    if (known && now - known.since < windowMs) {
      known.seen += 1;
      return known.seen > linesMax ? null : {};
    }
    windows.set(about, { since: now, seen: 1 });
    const untold = Math.max(0, (known?.seen ?? 0) - linesMax);
    return untold > 0 ? { alike: untold } : {};
  };
}

/** Tells of a token that was refused, on every transport, by the reason alone: whose it is nobody can say. */
export function observeToken(log: Log): <Verdict>(verdict: Verdict) => Verdict {
  const bound = boundedLines();
  return (verdict) => {
    const line = typeof verdict === 'string' && refusals.has(verdict) ? bound(verdict) : null;
    if (line) log.warn({ outcome: verdict, ...line, security: 'token' }, 'security');
    return verdict;
  };
}

const handshakeLimits: ReadonlySet<string> = new Set(['limit.rate', 'limit.sockets']);

/** Tells of sockets that a limit kept out. Those with a bad token are told by `observeToken`. */
export function observeHandshake(log: Log): (refused: { code: string; ip: string }) => void {
  const bound = boundedLines();
  return ({ code, ip }) => {
    const line = handshakeLimits.has(code) ? bound(code) : null;
    if (line) log.warn({ outcome: code, ...line, ip, security: 'refused' }, 'security');
  };
}

export function observeJob(log: Log, metrics: Metrics): (observation: JobObservation) => void {
  return ({ name, outcome, durationMs, lateMs, cause }) => {
    metrics.job({ name, outcome, durationMs, lateMs });
    if (outcome === 'failed')
      log.error({ job: name, ms: durationMs, err: cause }, 'job failed; its interval tries again');
    else log.debug({ job: name, ms: durationMs, lateMs }, 'job');
  };
}

const scheduleQuietMs = 10_000;

/** An outage fails every poll and every connection of the schedule; one line in ten seconds tells as much. */
export function observeSchedule(log: Log): (error: Error) => void {
  let toldAt = -Infinity;
  return (error) => {
    const isNews = performance.now() - toldAt > scheduleQuietMs;
    if (isNews) toldAt = performance.now();
    log[isNews ? 'warn' : 'debug']({ err: error }, 'the schedule has trouble');
  };
}
