import { freePort } from '../support/free-port.ts';
import { startProcess, type SokoProcess } from '../support/process.ts';

/** `up` is what a balancer sends to: it notices the other states at once, which health checks do a moment later. */
export type NodeState = 'up' | 'frozen' | 'draining' | 'down';

/** A node of the cluster, in a process that comes and goes; its address stays. */
export interface ClusterNode {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  readonly state: NodeState;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers, until `wake`. */
  freeze(): void;
  wake(): void;
  /** SIGTERM; resolves with the exit code. */
  drain(): Promise<number | null>;
  /** Starts it again after `kill` or `drain`. */
  start(): Promise<void>;
  /** A metric's value by its name in the exposition, with its labels. */
  metric(name: string): Promise<number | null>;
  ready(): Promise<{ status: number; checks: Record<string, string> }>;
  /** What its present process printed. */
  output(): string;
}

export async function startNode(env: Readonly<Record<string, string>>): Promise<ClusterNode> {
  const port = await freePort();
  let process: SokoProcess = await startProcess({ ...env, PORT: String(port) });
  let state: NodeState = 'up';
  const { url } = process;
  return {
    name: env.NODE_ID ?? '',
    port,
    url,
    get state() {
      return state;
    },
    async kill() {
      state = 'down';
      await process.end('SIGKILL');
    },
    freeze() {
      state = 'frozen';
      process.signal('SIGSTOP');
    },
    wake() {
      process.signal('SIGCONT');
      state = 'up';
    },
    async drain() {
      state = 'draining';
      const code = await process.end('SIGTERM');
      state = 'down';
      return code;
    },
    async start() {
      process = await startProcess({ ...env, PORT: String(port) });
      state = 'up';
    },
    async metric(name) {
      const text = await (await fetch(`${process.opsUrl}/metrics`)).text();
      const line = text.split('\n').find((one) => one.startsWith(`${name} `));
      return line === undefined ? null : Number(line.slice(name.length + 1));
    },
    async ready() {
      const response = await fetch(`${url}/readyz`);
      const { checks } = (await response.json()) as { checks: Record<string, string> };
      return { status: response.status, checks };
    },
    output: () => process.output(),
  };
}
