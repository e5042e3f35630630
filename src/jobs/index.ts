import { Agenda } from 'agenda';
import type { Execute, Job, JobContext, Ports } from '../domain/kernel/index.ts';
import { openBackend, type OpenBackend, type ScheduleStore } from './backend.ts';
import { Precedence } from './precedence.ts';

export type { ScheduleStore } from './backend.ts';

export interface JobObservation {
  readonly name: string;
  readonly outcome: 'ok' | 'failed';
  readonly durationMs: number;
  /** How long after its due time the run began. */
  readonly lateMs: number;
  readonly cause?: unknown;
}

export interface JobsParts {
  readonly jobs: ReadonlyMap<string, Job>;
  readonly execute: Execute;
  readonly ports: Ports;
  readonly store: ScheduleStore;
  /** Names this process in the schedule. */
  readonly nodeId: string;
  readonly observe: (observation: JobObservation) => void;
  readonly onError: (error: Error) => void;
}

export interface Jobs {
  readonly kind: OpenBackend['kind'];
  /** Begins to run due jobs in this process. Without it the process only nudges. */
  start(): Promise<void>;
  /** Asks for a run soon. Nudges of one job close together become one. Never throws. */
  nudge(job: Job): void;
  /** Runs a job here and now, outside the schedule. */
  runNow(name: string): Promise<void>;
  /** Takes no new jobs and waits for the running ones, at most `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>;
}

const pollMs = 1_000;
const nudgeWindowMs = 50;
/** A job whose worker died is taken over after this. Longer runs may overlap, which every job must bear. */
const lockLifetimeMs = 60_000;
/** Half of the shortest `takenOverAfterMs`. */
const lingerMs = 5_000;

/** The schedule: every job of the registry, recurring, in the store of choice. */
export async function createJobs(parts: JobsParts): Promise<Jobs> {
  const opened = await openBackend(parts.store, parts.onError);
  const agenda = await opened.alone(() => connect(parts, opened));
  const abort = new AbortController();
  const precedence = new Precedence();
  const context = jobContext(parts, { signal: abort.signal, turn: () => precedence.turn(abort.signal) });
  for (const job of parts.jobs.values()) {
    const lockLifetime = job.takenOverAfterMs ?? lockLifetimeMs;
    const run = ({ attrs }: { attrs: { nextRunAt?: Date | null } }) =>
      observed(parts, precedence.of(job), { context, dueAt: attrs.nextRunAt ?? null });
    // oxlint-disable-next-line typescript/no-misused-promises -- Agenda waits for the promise.
    agenda.define(job.name, run, { lockLifetime });
  }
  const nudges = new Map<string, NodeJS.Timeout>();
  return {
    kind: opened.kind,
    async start() {
      for (const job of parts.jobs.values()) await agenda.every(`${job.everySeconds} seconds`, job.name);
      await agenda.start();
    },
    nudge({ name }) {
      if (abort.signal.aborted || nudges.has(name)) return;
      const send = () => {
        nudges.delete(name);
        agenda.now(name).catch(parts.onError);
      };
      nudges.set(name, setTimeout(send, nudgeWindowMs));
    },
    async runNow(name) {
      await parts.jobs.get(name)?.run(context);
    },
    async stop(timeoutMs) {
      abort.abort();
      for (const timer of nudges.values()) clearTimeout(timer);
      await agenda.drain({ timeout: timeoutMs });
      await agenda.stop();
      await opened.close();
    },
  };
}

async function connect({ nodeId, onError }: JobsParts, { backend }: OpenBackend): Promise<Agenda> {
  const agenda = new Agenda({
    backend,
    name: nodeId,
    processEvery: pollMs,
    defaultConcurrency: 1,
    defaultLockLifetime: lockLifetimeMs,
    removeOnComplete: true,
  });
  agenda.on('error', onError);
  await agenda.ready;
  return agenda;
}

function jobContext({ execute, ports }: JobsParts, own: Pick<JobContext, 'signal' | 'turn'>): JobContext {
  return {
    ...own,
    port: (port) => ports.get(port),
    async execute({ name }, input) {
      const actor = { kind: 'system', cause: name } as const;
      const reply = await execute(name, input, { actor, meta: { requestId: crypto.randomUUID(), ip: '' } });
      if (!reply.ok) throw new Error(`${name} answered ${reply.error.code} (request ${reply.error.requestId})`);
      return reply.data as never;
    },
  };
}

/** Runs a job, and again after its pause while it finds work; ends well before another worker takes it over. */
async function runWhileBusy(job: Job, context: JobContext): Promise<void> {
  const endsAt = performance.now() + lingerMs;
  for (;;) {
    const worked = await job.run(context);
    if (!worked || job.againMs === undefined || context.signal.aborted || performance.now() > endsAt) return;
    await new Promise((resolve) => setTimeout(resolve, job.againMs));
  }
}

async function observed(parts: JobsParts, job: Job, run: { context: JobContext; dueAt: Date | null }): Promise<void> {
  const startedAt = Date.now();
  const lateMs = run.dueAt ? Math.max(0, startedAt - run.dueAt.getTime()) : 0;
  const tell = (outcome: 'ok' | 'failed', cause?: unknown) =>
    parts.observe({ name: job.name, outcome, durationMs: Date.now() - startedAt, lateMs, cause });
  try {
    await runWhileBusy(job, run.context);
    tell('ok');
  } catch (error) {
    // The next interval tries again; a failed run must not end the job's schedule.
    tell('failed', error);
  }
}
