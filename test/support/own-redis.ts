import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './free-port.ts';

/** A Redis of a test's own, on a free port, that may be killed. It keeps nothing. */
export interface OwnRedis {
  readonly url: string;
  start(): Promise<void>;
  kill(): Promise<void>;
  pause(): void;
  /** Cuts every connection that subscribes; their clients come back by themselves. */
  cutSubscribers(): Promise<void>;
  resume(): void;
  remove(): Promise<void>;
}

export async function startOwnRedis(): Promise<OwnRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let server: ChildProcess;
  const own: OwnRedis = {
    url,
    async start() {
      const settings = ['--port', String(port), '--dir', folder, '--save', '', '--appendonly', 'no'];
      server = spawn('redis-server', settings, { stdio: 'ignore' });
      const client = new Redis(url, { retryStrategy: () => 50 });
      client.on('error', () => {});
      await client.ping();
      client.disconnect();
    },
    async kill() {
      const gone = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGKILL');
      await gone;
    },
    pause: () => void server.kill('SIGSTOP'),
    async cutSubscribers() {
      const client = new Redis(url);
      await client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
      client.disconnect();
    },
    resume: () => void server.kill('SIGCONT'),
    async remove() {
      await own.kill();
      await rm(folder, { recursive: true });
    },
  };
  await own.start();
  return own;
}
