import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A server in a process of its own, so that its CPU time and memory are its own. */
export interface Child {
  readonly url: string;
  ask<T>(question: { name: string; [field: string]: unknown }): Promise<T>;
  stop(): Promise<void>;
}

interface Answer {
  readonly id?: number;
  readonly listening?: number;
  readonly answer?: unknown;
}

const startTimeoutMs = 30_000;

/** Starts one of bench/servers/ with the given Node and waits until it listens. */
export async function startChild(
  script: string,
  { node, args = [], env = {} }: { node: string; args?: readonly string[]; env?: Record<string, string> },
): Promise<Child> {
  const path = fileURLToPath(new URL(`servers/${script}.ts`, import.meta.url));
  const child = fork(path, args, {
    execPath: node,
    execArgv: ['--expose-gc'],
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'test', ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const waiting = new Map<number, (answer: unknown) => void>();
  let questions = 0;
  const port = await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${script} did not listen in time`)), startTimeoutMs);
    void exited.then(() => reject(new Error(`${script} ended before it listened`)));
    child.on('message', ({ listening, id, answer }: Answer) => {
      if (id !== undefined) return waiting.get(id)?.(answer);
      clearTimeout(timer);
      resolve(listening ?? 0);
    });
  });
  return {
    url: `ws://127.0.0.1:${port}`,
    ask<T>(question: object) {
      questions += 1;
      const id = questions;
      child.send({ id, ...question });
      return new Promise<T>((resolve, reject) => {
        waiting.set(id, resolve as (answer: unknown) => void);
        void exited.then(() => reject(new Error(`${script} ended while it was asked`)));
      });
    },
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
