import {
  enqueueMessage,
  outboxSettingsPort,
  sendersPort,
  type Channel,
  type Delivered,
  type Message,
  type Sender,
} from '../../src/domain/outbox/index.ts';
import {
  clockPort,
  databaseNow,
  inTransaction,
  newId,
  type Job,
  type Tx,
  type UserId,
} from '../../src/domain/kernel/index.ts';
import type { Harness } from '../support/harness.ts';

/** Runs in a transaction of the market, with as much of a command's context as the outbox needs. */
export async function within<T>(market: Harness, work: (tx: Tx) => Promise<T>): Promise<{ result: T; nudged: Job[] }> {
  const nudged: Job[] = [];
  const store = { sql: market.database.sql, fork: () => market.database.fork() };
  const result = await inTransaction(store, (session) => {
    const clock = market.ports.get(clockPort);
    const tx = {
      sql: session.sql,
      db: session.db,
      clock,
      now: () => databaseNow(session.sql, clock),
      port: market.ports.get.bind(market.ports),
      nudge: (job: Job) => void nudged.push(job),
    };
    return work(tx as unknown as Tx);
  });
  return { result, nudged };
}

/** Puts a code for somebody in the outbox and returns the key of its fact. */
export async function postCode(market: Harness, fields: Partial<Message<'otp.code'>> = {}): Promise<string> {
  const onceKey = fields.onceKey ?? crypto.randomUUID();
  await within(market, async (tx) =>
    enqueueMessage(tx, {
      channel: 'email',
      recipient: 'amina@example.test',
      userId: newId<UserId>(),
      locale: 'en',
      template: 'otp.code',
      params: { code: '482913', minutes: 10 },
      expiresAt: new Date((await tx.now()).getTime() + 600_000),
      ...fields,
      onceKey,
    }),
  );
  return onceKey;
}

export interface StoredMessage {
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  readonly doubts: number;
  readonly params: Record<string, unknown>;
  readonly last_error: string | null;
  readonly due_in_ms: number;
}

export async function stored(market: Harness, onceKey: string): Promise<StoredMessage> {
  const rows = await market.database.orm.em.getConnection().execute<StoredMessage[]>(
    `select *, (extract(epoch from due_at - clock_timestamp()) * 1000)::float8 - ? as due_in_ms
     from outgoing_message where once_key = ?`,
    [market.clock.offsetMs, onceKey],
  );
  return rows[0]!;
}

/** Binds senders, and collects what the outbox tells of them. */
export function bindSenders(market: Harness, senders: Partial<Record<Channel, Sender>>, callTimeoutMs = 400) {
  const told: Delivered[] = [];
  const unwritten: string[] = [];
  market.ports.bind(sendersPort, new Map(Object.entries(senders) as [Channel, Sender][]));
  market.ports.bind(outboxSettingsPort, {
    callTimeoutMs,
    observe: (delivered) => void told.push(delivered),
    unwritten: (template) => void unwritten.push(template),
  });
  return { told, unwritten };
}
