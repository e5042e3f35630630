import { PGlite } from '@electric-sql/pglite';
import { afterEach, describe, expect, test } from 'vitest';
import { defineJob, Ports, type Job } from '../../src/domain/kernel/index.ts';
import { createJobs, type Jobs, type JobObservation, type ScheduleStore } from '../../src/jobs/index.ts';
import { newDatabaseTarget } from '../support/databases.ts';

interface Store {
  store: ScheduleStore;
  drop: () => Promise<void>;
}

const stores: Record<string, () => Promise<Store>> = {
  async embedded() {
    const engine = await PGlite.create();
    return { store: { engine }, drop: () => engine.close() };
  },
};
if (process.env.DATABASE_URL) {
  stores.postgres = async () => {
    const { target, drop } = await newDatabaseTarget();
    if (!('url' in target)) throw new Error('expected a server');
    return { store: { url: target.url }, drop };
  };
}
if (process.env.MONGODB_URL) {
  stores.mongodb = async () => {
    const url = new URL(process.env.MONGODB_URL ?? '');
    url.pathname = `/test_${crypto.randomUUID().replaceAll('-', '').slice(0, 12)}`;
    return { store: { url: url.href }, drop: async () => {} };
  };
}

const started: Jobs[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((jobs) => jobs.stop(5_000)));
});

async function open(store: ScheduleStore, jobs: Job[], observations: JobObservation[] = []): Promise<Jobs> {
  const opened = await createJobs({
    jobs: new Map(jobs.map((job) => [job.name, job])),
    execute: async () => ({ ok: true, data: {} }),
    ports: new Ports(),
    store,
    nodeId: crypto.randomUUID(),
    observe: (observation) => void observations.push(observation),
    onError: (error) => console.error(error),
  });
  started.push(opened);
  return opened;
}

function counting(name: string, everySeconds: number) {
  let runs = 0;
  const waiters: { atLeast: number; resolve: () => void }[] = [];
  const job = defineJob({
    name,
    everySeconds,
    summary: 'counts its runs',
    async run() {
      runs += 1;
      for (const waiter of waiters) if (runs >= waiter.atLeast) waiter.resolve();
    },
  });
  const reached = (atLeast: number) =>
    new Promise<void>((resolve) => (runs >= atLeast ? resolve() : waiters.push({ atLeast, resolve })));
  return { job, reached, runs: () => runs };
}

describe.each(Object.entries(stores))('on %s', (_kind, openStore) => {
  test('a job recurs, and a nudge runs it long before its interval', async () => {
    const { store, drop } = await openStore();
    const often = counting('often', 1);
    const rare = counting('rare', 3_600);
    const jobs = await open(store, [often.job, rare.job]);
    await jobs.start();
    await often.reached(2);
    await rare.reached(1);
    jobs.nudge(rare.job);
    await rare.reached(2);
    await jobs.stop(5_000);
    started.length = 0;
    await drop();
  }, 60_000);

  test('a failing run is told and does not end the schedule', async () => {
    const { store, drop } = await openStore();
    const observations: JobObservation[] = [];
    let fail = true;
    let recovered = () => {};
    const again = new Promise<void>((resolve) => (recovered = resolve));
    const job = defineJob({
      name: 'shaky',
      everySeconds: 1,
      summary: 'fails once',
      async run() {
        if (fail) {
          fail = false;
          throw new Error('first run');
        }
        recovered();
      },
    });
    const jobs = await open(store, [job], observations);
    await jobs.start();
    await again;
    expect(observations[0]).toMatchObject({ name: 'shaky', outcome: 'failed' });
    await jobs.stop(5_000);
    started.length = 0;
    await drop();
  }, 60_000);

  test('many nudges close together become one run', async () => {
    const { store, drop } = await openStore();
    const { job, reached, runs } = counting('nudged', 3_600);
    const jobs = await open(store, [job]);
    await jobs.start();
    await reached(1);
    for (let n = 0; n < 50; n += 1) jobs.nudge(job);
    await reached(2);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(runs()).toBe(2);
    await jobs.stop(5_000);
    started.length = 0;
    await drop();
  }, 60_000);
});
