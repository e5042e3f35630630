import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { freePort } from './free-port.ts';
import { newFolder, untilWeEnd, waitFor, type Owner } from './services/held-process.ts';
import { binFolders, initCluster, query, type Cluster } from './services/postgres.ts';
import { run } from './services/run.ts';

/** A PostgreSQL of a test's own, on a port that stays, that may be killed, restarted and paused. */
export interface OwnPostgres {
  /** Of the database `postgres`, as a superuser. */
  readonly url: string;
  readonly folder: string;
  readonly binFolder: string;
  readonly owner: Owner | undefined;
  /** Starts it again after `kill` or `stop`, and waits until it answers. */
  start(): Promise<void>;
  /** SIGKILL to the server and its children; what was committed is kept. */
  kill(): Promise<void>;
  /** A fast shutdown: connections are cut, everything is written. */
  stop(): Promise<void>;
  /** Freezes every process: connections stay open and nothing answers. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  remove(): Promise<void>;
}

/** Null where no PostgreSQL is installed that a test could kill. */
export async function startOwnPostgres(): Promise<OwnPostgres | null> {
  const [binFolder] = await binFolders();
  if (binFolder === undefined) return null;
  const own = await serveCluster(binFolder, await initCluster(binFolder));
  await own.start();
  return own;
}

/** A standby that follows the given server; not started yet. */
export async function makeStandby(primary: OwnPostgres): Promise<OwnPostgres> {
  const { port } = new URL(primary.url);
  const folder = await newFolder('standby', primary.owner);
  const options = { cwd: folder, ...primary.owner };
  await run(
    `${primary.binFolder}/pg_basebackup`,
    ['-h', '127.0.0.1', '-p', port, '-U', 'soko', '-D', folder, '-R', '-c', 'fast'],
    options,
  );
  return serveCluster(primary.binFolder, { folder, owner: primary.owner });
}

async function serveCluster(binFolder: string, { folder, owner }: Cluster): Promise<OwnPostgres> {
  const port = await freePort();
  const url = `postgres://soko@127.0.0.1:${port}/postgres`;
  // Unlike the shared server of a run, a commit is in the kernel's hands when it is answered: SIGKILL takes nothing.
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'fsync=off',
    'timezone=UTC',
  ];
  const command = ['-D', folder, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  // Should the test be killed itself, nothing stays behind.
  const script =
    'read -r _; pid=$(head -n 1 "$1/postmaster.pid" 2>/dev/null) && kill -s CONT $pid && kill -s QUIT $pid; ' +
    'sleep 0.5; rm -rf "$1"';
  const end = untilWeEnd(script, { args: [folder], cwd: '/', owner, output: 'ignore' });
  let server: ChildProcess | undefined;
  const finish = async (signal: NodeJS.Signals) => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill(signal);
    await gone;
  };
  const own: OwnPostgres = {
    url,
    folder,
    binFolder,
    owner,
    async start() {
      server = spawn(`${binFolder}/postgres`, command, { stdio: 'ignore', cwd: folder, ...owner });
      await waitFor(() => query(url, 'select 1').then(() => {}), 30_000);
    },
    async kill() {
      const children = await childrenOf(server?.pid ?? 0);
      await finish('SIGKILL');
      send('SIGKILL', children);
    },
    stop: () => finish('SIGINT'),
    async pause() {
      server?.kill('SIGSTOP');
      send('SIGSTOP', await childrenOf(server?.pid ?? 0));
    },
    async resume() {
      send('SIGCONT', await childrenOf(server?.pid ?? 0));
      server?.kill('SIGCONT');
    },
    async remove() {
      await own.kill();
      await end();
    },
  };
  return own;
}

/** Backends are session leaders, so that no process group reaches them all. */
async function childrenOf(pid: number): Promise<number[]> {
  const listed = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return listed.split(' ').filter(Boolean).map(Number);
}

function send(signal: NodeJS.Signals, pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It went by itself.
    }
  }
}
