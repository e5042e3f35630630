import { setTimeout as delay } from 'node:timers/promises';

/** Events for everyone in the one room: how many, how fast, and how many bytes of text each. */
export interface Burst {
  readonly events: number;
  readonly perSecond: number;
  readonly bytes: number;
  /** Each text begins with the moment it was published, as `@<milliseconds since 1970>@`. */
  readonly stamped?: boolean;
}

type Question = { readonly name: 'cpu' | 'memory' } | ({ readonly name: 'burst' } & Burst) | Publish;

interface Publish {
  readonly name: 'publish';
  readonly text: string;
}

// What is still in the server's hands after the last event belongs to the measurement.
const flushMs = 300;

/** Answers the bench over IPC; `publish` sends one event to the room. */
export function answerBench(port: number, publish: (text: string) => void = () => {}): void {
  process.on('message', (question: { id: number } & Question) => {
    void answer(question, publish).then((told) => process.send?.({ id: question.id, answer: told }));
  });
  // A bench that was interrupted leaves no server behind.
  process.once('disconnect', () => process.exit());
  process.send?.({ listening: port });
}

async function answer(question: Question, publish: (text: string) => void): Promise<unknown> {
  if (question.name === 'cpu') return cpuMs();
  if (question.name === 'burst') return burst(question, publish);
  if (question.name === 'publish') return publish(question.text);
  return memory();
}

/** Resident bytes as they are, and, with the heap's, after a collection that also gives emptied pages back. */
async function memory(): Promise<{ resident: number; kept: number; heap: number }> {
  const resident = process.memoryUsage().rss;
  // Several times: a collection takes what finalizers of the one before let go.
  for (let times = 0; times < 3; times += 1) {
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    await delay(100);
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { resident, kept: rss, heap: heapUsed };
}

/** CPU milliseconds that the burst took, in all threads of this process. */
async function burst({ events, perSecond, bytes, stamped }: Burst, publish: (text: string) => void): Promise<number> {
  const cpuBefore = cpuMs();
  const startedAt = performance.now();
  for (let sent = 0; sent < events; sent += 1) {
    // A timer for each event, so that what is behind is still published alone, in a turn of the loop of its own.
    await delay(Math.max(0, startedAt + (sent * 1_000) / perSecond - performance.now()));
    const stamp = stamped ? `@${performance.timeOrigin + performance.now()}@` : '';
    publish(stamp.padEnd(bytes, 'x'));
  }
  await delay(flushMs);
  return cpuMs() - cpuBefore;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
