import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Numbers that the parts keep themselves; taken when Prometheus asks. */
export interface Readings {
  /** Open sockets of this node. */
  readonly connections: number;
  /** Public rooms with a socket of this node in them. */
  readonly rooms: number;
  /** Whether Redis answers; null where rooms are in this process. */
  readonly redisUp: boolean | null;
  /** Whether the database answers. */
  readonly databaseUp: boolean;
  /** Whether the read replica answers; null where there is none. */
  readonly replicaUp: boolean | null;
  /** Database connections by state; null on the embedded database. */
  readonly pool: { readonly used: number; readonly idle: number; readonly waiting: number } | null;
  /** Since the start: frames handed to the socket server. */
  readonly emitted: number;
  /** Since the start: frames and room messages that could not be handed over; clients read them from the logs. */
  readonly failed: number;
  /** Since the start: signals replaced by a later value or dropped in a flood. */
  readonly droppedSignals: number;
  /** Since the start: `inbox.head` signals for pushes that seemed lost. */
  readonly headSignals: number;
  /** Since the start: times that frames of a public room were missing here and read from its log. */
  readonly repairedRooms: number;
  /** Sockets waiting to be let in. */
  readonly waiting: number;
  /** Since the start: sockets told to come later, because too many came at once. */
  readonly turnedAway: number;
}

/** What the server counts about itself. The composition root calls these from the hooks of each part. */
export interface Metrics {
  /** One operation answered; `outcome` is `ok` or the error code. */
  command(observed: { name: string; outcome: string; durationMs: number }): void;
  /** A payment provider's message that was not believed. */
  refusedMessage(provider: string): void;
  /** What the last sweep of the books found that does not agree. */
  ledgerImbalance(differences: number): void;
  /** Something that a payment provider's books and ours do not agree on. */
  difference(found: { provider: string; kind: string; isOpen: boolean }): void;
  /** An attempt to send a message, or its end without one; `lateMs` is told of what was sent. */
  message(delivered: { channel: string; outcome: string; lateMs?: number }): void;
  /** A text that could not be written: an unknown template or a missing parameter. */
  unwrittenText(): void;
  /** A socket closed because it read too slowly. */
  slowClose(): void;
  /** One run of a job; `lateMs` is how long after its time it started. */
  job(run: { name: string; outcome: 'ok' | 'failed'; durationMs: number; lateMs: number }): void;
  /** Sets where the readings are taken from at each scrape. */
  watch(read: () => Readings): void;
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
  const refusedMessages = counter('refused_payment_messages', 'Provider messages not believed.', ['provider']);
  const imbalance = new Gauge({
    name: 'soko_ledger_imbalance',
    help: 'Places where the books do not agree, by the last sweep of this node; anything but 0 is an alert.',
    registers,
  });
  const differences = counter('reconciliation_differences', 'What a provider’s books and ours did not agree on.', [
    'provider',
    'kind',
    'open',
  ]);
  const messages = counter('messages', 'Attempts to send messages by channel and outcome.', ['channel', 'outcome']);
  const messageLateness = histogram('message_lateness', 'How long after its time a message was sent.', {
    labelNames: ['channel'],
    buckets: slow,
  });
  const unwritten = counter('unwritten_texts', 'Texts with an unknown template or a missing parameter.');
  const slowCloses = counter('slow_closes', 'Sockets closed because they read too slowly.');
  const jobs = histogram('job_duration', 'Job runs by name and outcome.', {
    labelNames: ['name', 'outcome'],
    buckets: slow,
  });
  const lateness = histogram('job_lateness', 'How long after its time a job started.', {
    labelNames: ['name'],
    buckets: slow,
  });
  const watched = watchReadings(registers);

  return {
    command: ({ name, outcome, durationMs }) => commands.observe({ name, outcome }, durationMs / 1000),
    refusedMessage: (provider) => refusedMessages.inc({ provider }),
    ledgerImbalance: (differences) => imbalance.set(differences),
    difference: ({ provider, kind, isOpen }) => differences.inc({ provider, kind, open: String(isOpen) }),
    message({ channel, outcome, lateMs }) {
      messages.inc({ channel, outcome });
      if (lateMs !== undefined) messageLateness.observe({ channel }, Math.max(0, lateMs) / 1000);
    },
    unwrittenText: () => unwritten.inc(),
    slowClose: () => slowCloses.inc(),
    job({ name, outcome, durationMs, lateMs }) {
      jobs.observe({ name, outcome }, durationMs / 1000);
      lateness.observe({ name }, Math.max(0, lateMs) / 1000);
    },
    watch: watched.set,
    render: async () => ({ contentType: register.contentType, text: await register.metrics() }),
  };
}

/** Metrics that ask for their value when scraped, so that nothing has to keep them up to date. */
function watchReadings(registers: Registry[]): { set: (read: () => Readings) => void } {
  let read: (() => Readings) | undefined;
  const gauge = (name: string, help: string, collect: (gauge: Gauge<'state'>, now: Readings) => void) => {
    const created: Gauge<'state'> = new Gauge({
      name: `soko_${name}`,
      help,
      registers,
      labelNames: ['state'],
      collect: () => void (read && collect(created, read())),
    });
  };
  const total = (name: string, help: string, value: (now: Readings) => number) => {
    const created: Counter = new Counter({
      name: `soko_${name}_total`,
      help,
      registers,
      collect() {
        created.reset();
        if (read) created.inc(value(read()));
      },
    });
  };
  gauge('connections', 'Open sockets of this node.', (created, now) => created.set(now.connections));
  gauge('rooms', 'Public rooms with sockets of this node.', (created, now) => created.set(now.rooms));
  gauge('redis_up', 'Whether Redis answers; absent without Redis.', (created, now) => {
    if (now.redisUp !== null) created.set(now.redisUp ? 1 : 0);
  });
  gauge('database_up', 'Whether the database answers.', (created, now) => created.set(now.databaseUp ? 1 : 0));
  gauge('replica_up', 'Whether the read replica answers; absent without one.', (created, now) => {
    if (now.replicaUp !== null) created.set(now.replicaUp ? 1 : 0);
  });
  gauge('database_connections', 'Pool connections by state; absent on the embedded database.', (created, now) => {
    for (const [state, count] of Object.entries(now.pool ?? {})) created.set({ state }, count);
  });
  total('emitted_frames', 'Frames handed to the socket server.', (now) => now.emitted);
  total('failed_frames', 'Frames that could not be handed over.', (now) => now.failed);
  total('dropped_signals', 'Signals replaced by a later value or dropped in a flood.', (now) => now.droppedSignals);
  total('repaired_rooms', 'Gaps in public rooms that this node filled from the log.', (now) => now.repairedRooms);
  gauge('waiting_sockets', 'Sockets waiting to be let in.', (created, now) => created.set(now.waiting));
  total('turned_away_sockets', 'Sockets told to come later.', (now) => now.turnedAway);
  total('head_signals', 'Signals for pushes that seemed lost.', (now) => now.headSignals);
  return { set: (next) => void (read = next) };
}
