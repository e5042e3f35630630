import { fork, type ChildProcess } from 'node:child_process';
import { banner } from './banner.ts';
import type { Config } from './config.ts';
import { StartError } from './data-dir.ts';
import { createLog, type Log } from './log.ts';
import { probePort } from './probe-port.ts';
import type { Soko } from './soko.ts';

/** `node src/main.ts worker 2` is the second of several; only a supervisor starts it. */
export const workerArgument = 'worker';

/** What a worker tells its supervisor. */
export type WorkerMessage =
  | ({ readonly told: 'ready' } & Pick<Soko, 'port' | 'opsPort' | 'parts'>)
  /** It cannot start for a reason that the operator can mend. */
  | { readonly told: 'refused'; readonly reason: string };

const firstRestartMs = 250;
const longestRestartMs = 10_000;
/** One that served for this long is restarted as if it had never died. */
const steadyMs = 10_000;
/** A worker that dies this often in this time before it was ever ready will not get ready by trying. */
const vainStartsMax = 5;
const vainStartsMs = 30_000;

/** One of the processes, across its restarts. */
interface Worker {
  readonly index: number;
  child: ChildProcess | null;
  ready: Extract<WorkerMessage, { told: 'ready' }> | null;
  readyAt: number;
  wasReady: boolean;
  restartMs: number;
  readonly diedAt: number[];
}

/** The configuration of one worker: a name and an ops port of its own, and jobs run in the first alone. */
export function workerConfig(config: Config, index: number): Config {
  return {
    ...config,
    NODE_ID: `${config.NODE_ID}-${index}`,
    OPS_PORT: config.OPS_PORT === 0 ? 0 : config.OPS_PORT + index - 1,
    ROLE: index === 1 ? config.ROLE : 'gateway',
  };
}

/**
 * Starts WORKERS processes that share the port, and starts those that die again. Serves nothing itself. Resolves with
 * the exit code once all have ended.
 */
export async function superviseWorkers(config: Config): Promise<number> {
  await probePort(config.HOST, config.PORT);
  return new Supervisor(config).run();
}

class Supervisor {
  readonly #config: Config;
  readonly #log: Log;
  readonly #workers: Worker[];
  readonly #ended = Promise.withResolvers<number>();
  #stopping = false;
  #exitCode = 0;
  #isTold = false;

  constructor(config: Config) {
    this.#config = config;
    this.#log = createLog(config.LOG_LEVEL, config.NODE_ID);
    this.#workers = Array.from({ length: config.WORKERS }, (_, position) => ({
      index: position + 1,
      child: null,
      ready: null,
      readyAt: 0,
      wasReady: false,
      restartMs: firstRestartMs,
      diedAt: [],
    }));
  }

  run(): Promise<number> {
    let signals = 0;
    const onSignal = () => {
      signals += 1;
      if (signals > 1) this.#kill();
      else this.#stop(0);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
    for (const worker of this.#workers) this.#start(worker);
    return this.#ended.promise;
  }

  #start(worker: Worker): void {
    const child = fork(process.argv[1] ?? '', [workerArgument, String(worker.index)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    worker.child = child;
    child.on('message', (message) => this.#onMessage(worker, message as WorkerMessage));
    child.once('error', (error) => {
      this.#log.error({ worker: worker.index, err: error }, 'a worker has trouble');
      // Without a process there will be no exit.
      if (child.pid === undefined) this.#onExit(worker, { code: null, signal: null });
    });
    child.once('exit', (code, signal) => this.#onExit(worker, { code, signal }));
  }

  #onMessage(worker: Worker, message: WorkerMessage): void {
    if (message.told === 'ready') {
      worker.ready = message;
      worker.readyAt = performance.now();
      worker.wasReady = true;
      this.#announce();
    } else if (!this.#stopping) {
      // Once anyone has served, the reason may pass: a database that restarts is no cause to stop the others.
      if (this.#workers.some(({ wasReady }) => wasReady)) this.#log.error({ worker: worker.index }, message.reason);
      else this.#giveUp(new StartError(message.reason));
    }
  }

  #onExit(worker: Worker, { code, signal }: { code: number | null; signal: string | null }): void {
    const { ready, readyAt } = worker;
    worker.child = null;
    worker.ready = null;
    if (this.#stopping) return this.#endIfDone();
    const now = performance.now();
    if (ready && now - readyAt > steadyMs) worker.restartMs = firstRestartMs;
    worker.diedAt.push(now);
    const vain = worker.diedAt.filter((at) => now - at < vainStartsMs).length;
    if (!worker.wasReady && vain >= vainStartsMax) {
      return this.#giveUp(new StartError(`worker ${worker.index} died ${vain} times and was never ready`));
    }
    const { restartMs } = worker;
    this.#log.warn({ worker: worker.index, code, signal, restartMs }, 'a worker died; it is started again');
    worker.restartMs = Math.min(longestRestartMs, 2 * restartMs);
    setTimeout(() => {
      if (this.#stopping) this.#endIfDone();
      else this.#start(worker);
    }, restartMs);
  }

  /** Once all have been ready at the same time. */
  #announce(): void {
    const ready = this.#workers.map((worker) => worker.ready).filter((one) => one !== null);
    const [first] = ready;
    if (this.#isTold || !first || ready.length < this.#workers.length) return;
    this.#isTold = true;
    const parts = { workers: String(ready.length), ...first.parts };
    console.log(banner(this.#config, { port: first.port, opsPorts: ready.map(({ opsPort }) => opsPort), parts }));
  }

  #giveUp(error: StartError): void {
    console.error(`soko: ${error.message}`);
    this.#stop(1);
  }

  /** A worker whose supervisor hangs up drains and ends: that is how it is told, and what it does if we die. */
  #stop(exitCode: number): void {
    this.#stopping = true;
    this.#exitCode = Math.max(this.#exitCode, exitCode);
    for (const { child } of this.#workers) if (child?.connected) child.disconnect();
    this.#endIfDone();
  }

  #kill(): void {
    this.#exitCode = 1;
    for (const { child } of this.#workers) child?.kill('SIGKILL');
  }

  #endIfDone(): void {
    if (this.#workers.every(({ child }) => child === null)) this.#ended.resolve(this.#exitCode);
  }
}
