import { setTimeout as delay } from 'node:timers/promises';

/** Events for everyone in the one room: how many, how fast, and how many bytes of text each. */
export interface Burst {
  readonly events: number;
  readonly perSecond: number;
  readonly bytes: number;
}

// What is still in the server's hands after the last event belongs to the measurement.
const flushMs = 300;

/** Answers the bench over IPC; `publish` sends one event to the room. */
export function answerBench(port: number, publish: (text: string) => void = () => {}): void {
  process.on('message', (question: { id: number; name: string } & Burst) => {
    void answer(question, publish).then((told) => process.send?.({ id: question.id, answer: told }));
  });
  process.send?.({ listening: port });
}

async function answer(question: { name: string } & Burst, publish: (text: string) => void): Promise<unknown> {
  if (question.name === 'cpu') return cpuMs();
  if (question.name === 'burst') return burst(question, publish);
  return memory();
}

/** Resident bytes as they are, and after a collection that also gives emptied pages back. */
async function memory(): Promise<{ resident: number; kept: number }> {
  const resident = process.memoryUsage().rss;
  // Several times: a collection takes what finalizers of the one before let go.
  for (let times = 0; times < 3; times += 1) {
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    await delay(100);
  }
  return { resident, kept: process.memoryUsage().rss };
}

/** CPU milliseconds that the burst took, in all threads of this process. */
async function burst({ events, perSecond, bytes }: Burst, publish: (text: string) => void): Promise<number> {
  const text = 'x'.repeat(bytes);
  const cpuBefore = cpuMs();
  const startedAt = performance.now();
  for (let sent = 0; sent < events; sent += 1) {
    await delay(Math.max(0, startedAt + (sent * 1_000) / perSecond - performance.now()));
    publish(text);
  }
  await delay(flushMs);
  return cpuMs() - cpuBefore;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
