import type { Observation } from './domain/kernel/index.ts';
import type { Metrics } from './http/index.ts';
import type { JobObservation } from './jobs/index.ts';
import type { Log } from './log.ts';

/** One line and one measurement for each operation. Inputs are never logged: they may hold anything. */
export function observeCommand(log: Log, metrics: Metrics): (observation: Observation) => void {
  return ({ name, outcome, durationMs, actor, meta, cause }) => {
    metrics.command({ name, outcome, durationMs });
    const by = actor.kind === 'user' ? actor.userId : actor.kind;
    const fields = { command: name, outcome, ms: Math.round(durationMs * 10) / 10, by, request: meta.requestId };
    if (cause !== undefined) log.error({ ...fields, err: cause }, 'command failed');
    else log.debug(fields, 'command');
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
