import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** A server in a process of its own, started as a user would. */
export interface SokoProcess {
  readonly url: string;
  readonly opsUrl: string;
  /** Everything it printed so far. */
  output(): string;
  /** Sends a signal and does not wait: SIGSTOP and SIGCONT freeze and wake it. */
  signal(signal: NodeJS.Signals): void;
  /** Sends a signal and waits for the end; answers the exit code, null after SIGKILL. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export interface Started {
  readonly child: ChildProcess;
  output(): string;
  readonly exited: Promise<number | null>;
}

/** Those that a test which failed left behind end with us. */
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Starts `src/main.ts` with nothing but the given environment, and does not wait for it. */
export function spawnSoko(env: Record<string, string>): Started {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH ?? '', PORT: '0', OPS_PORT: '0', LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  running.add(child);
  const exited = new Promise<number | null>((resolve) => void child.once('exit', resolve));
  void exited.then(() => running.delete(child));
  return { child, output: () => output, exited };
}

/** Starts a server and waits until it says where it listens. */
export async function startProcess(env: Record<string, string>): Promise<SokoProcess> {
  const PORT = String(await freePort());
  const { child, output, exited } = spawnSoko({ PORT, ...env });
  const ended = exited.then((code) => {
    throw new Error(`the server ended with ${code} before it listened:\n${output()}`);
  });
  ended.catch(() => {});
  const ready = async () => {
    while (!/(metrics|health)\s+http:\S+/.test(output())) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await Promise.race([ready(), ended]);
  const find = (pattern: RegExp) => pattern.exec(output())?.[1] ?? '';
  return {
    url: find(/listens on (http:\S+)/),
    opsUrl: find(/(?:metrics|health)\s+(http:\/\/[^/\s]+)/),
    output,
    signal: (signal) => void child.kill(signal),
    async end(signal) {
      child.kill(signal);
      return exited;
    },
  };
}

/** A folder that is removed by the returned function. */
export async function tempFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'soko-test-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
