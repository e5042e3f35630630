import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Numbers read at the moment they are asked for. */
export interface Gauges {
  /** Open sockets of this node. */
  readonly connections: number;
  /** Public rooms with a socket of this node in them. */
  readonly rooms: number;
  /** Whether Redis answers; null where rooms are in this process. */
  readonly redisUp: boolean | null;
  /** Database connections by state; null on the embedded database. */
  readonly pool: { readonly used: number; readonly idle: number; readonly waiting: number } | null;
}

/** What the server counts about itself. The composition root calls these from the hooks of each part. */
export interface Metrics {
  /** One operation answered; `outcome` is `ok` or the error code. */
  command(observed: { name: string; outcome: string; durationMs: number }): void;
  /** Frames handed to the sockets of this node. */
  delivered(kind: 'inbox' | 'room' | 'signal', count?: number): void;
  /** From commit to the write to the socket. */
  deliveryLag(lagMs: number): void;
  /** A signal that was merged or dropped instead of sent. */
  signalDropped(count?: number): void;
  /** A client was told of a head ahead of it, or pulled to fill a gap. */
  gap(kind: 'signal' | 'pull', count?: number): void;
  /** A socket closed because it read too slowly. */
  slowClose(): void;
  /** One run of a job; `lateMs` is how long after its time it started. */
  job(run: { name: string; outcome: 'ok' | 'failed'; durationMs: number; lateMs: number }): void;
  /** Rows that a sweep changed. */
  swept(job: string, rows: number): void;
  /** Sets where the gauges are read from at each scrape. */
  watch(read: () => Gauges): void;
  /** The text that Prometheus scrapes. */
  render(): Promise<{ contentType: string; text: string }>;
}

const fast = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const slow = [0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 300];

export function createMetrics(): Metrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });
  const counter = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Counter({ name: `soko_${name}_total`, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, more: { labelNames?: L[]; buckets: number[] }) =>
    new Histogram({ name: `soko_${name}_seconds`, help, registers, ...more });

  const commands = histogram('command_duration', 'Operations by name and outcome.', {
    labelNames: ['name', 'outcome'],
    buckets: fast,
  });
  const delivered = counter('delivered', 'Frames handed to sockets.', ['kind']);
  const lag = histogram('delivery_lag', 'From commit to the write to the socket.', { buckets: fast });
  const droppedSignals = counter('signals_dropped', 'Signals merged or dropped instead of sent.');
  const gaps = counter('gaps', 'Clients told of a newer head, and pulls that filled a gap.', ['kind']);
  const slowCloses = counter('slow_closes', 'Sockets closed because they read too slowly.');
  const jobs = histogram('job_duration', 'Job runs by name and outcome.', {
    labelNames: ['name', 'outcome'],
    buckets: slow,
  });
  const lateness = histogram('job_lateness', 'How long after its time a job started.', {
    labelNames: ['name'],
    buckets: slow,
  });
  const sweptRows = counter('swept_rows', 'Rows changed by sweeps.', ['job']);
  const watched = watchGauges(registers);

  return {
    command: ({ name, outcome, durationMs }) => commands.observe({ name, outcome }, durationMs / 1000),
    delivered: (kind, count = 1) => delivered.inc({ kind }, count),
    deliveryLag: (lagMs) => lag.observe(lagMs / 1000),
    signalDropped: (count = 1) => droppedSignals.inc(count),
    gap: (kind, count = 1) => gaps.inc({ kind }, count),
    slowClose: () => slowCloses.inc(),
    job({ name, outcome, durationMs, lateMs }) {
      jobs.observe({ name, outcome }, durationMs / 1000);
      lateness.observe({ name }, Math.max(0, lateMs) / 1000);
    },
    swept: (job, rows) => sweptRows.inc({ job }, rows),
    watch: watched.set,
    render: async () => ({ contentType: register.contentType, text: await register.metrics() }),
  };
}

/** Gauges that ask for their value when scraped, so that nothing has to keep them up to date. */
function watchGauges(registers: Registry[]): { set: (read: () => Gauges) => void } {
  let read: (() => Gauges) | undefined;
  const gauge = (name: string, help: string, collect: (gauge: Gauge<'state'>, now: Gauges) => void) => {
    const created: Gauge<'state'> = new Gauge({
      name: `soko_${name}`,
      help,
      registers,
      labelNames: ['state'],
      collect: () => void (read && collect(created, read())),
    });
  };
  gauge('connections', 'Open sockets of this node.', (created, now) => created.set(now.connections));
  gauge('rooms', 'Public rooms with sockets of this node.', (created, now) => created.set(now.rooms));
  gauge('redis_up', 'Whether Redis answers; absent without Redis.', (created, now) => {
    if (now.redisUp !== null) created.set(now.redisUp ? 1 : 0);
  });
  gauge(
    'database_connections',
    'Connections of the pool by state; absent on the embedded database.',
    (created, now) => {
      for (const [state, count] of Object.entries(now.pool ?? {})) created.set({ state }, count);
    },
  );
  return { set: (next) => void (read = next) };
}
