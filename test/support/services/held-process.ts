import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { chown, mkdtemp } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Who runs a server: PostgreSQL refuses to run as root. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface HeldProcess {
  /** What the process wrote so far. */
  log(): string;
  stop(): Promise<void>;
}

/** A temporary folder that its owner may write. */
export async function newFolder(kind: string, owner?: Owner): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `soko-${kind}-`));
  if (owner) await chown(folder, owner.uid, owner.gid);
  return folder;
}

/**
 * Runs a shell script that lives until its standard input ends: with the function returned, with Ctrl-C and with
 * kill -9 alike. It has a session of its own, so the terminal's signals reach us alone.
 */
export function untilWeEnd(
  script: string,
  {
    args,
    cwd,
    owner,
    output,
  }: { args: readonly string[]; cwd: string; owner?: Owner | undefined; output: 'ignore' | number },
): () => Promise<void> {
  const shell = spawn('sh', ['-c', script, 'sh', ...args], {
    detached: true,
    stdio: ['pipe', output, output],
    cwd,
    ...owner,
  });
  const input = shell.stdin as Socket;
  const ended = new Promise<void>((resolve) => shell.once('exit', () => resolve()));
  input.on('error', () => {});
  // Neither the shell nor its pipe keeps the test run alive.
  shell.unref();
  input.unref();
  return () => {
    shell.ref();
    input.end();
    return ended;
  };
}

/** Starts a server that cannot outlive us and deletes its folder after it. */
export function hold(
  command: readonly string[],
  { folder, owner }: { folder: string; owner?: Owner | undefined },
): HeldProcess {
  const logFile = `${folder}/server.log`;
  const output = openSync(logFile, 'w');
  const script = 'folder=$1; shift; "$@" & server=$!; read -r _; kill -s INT $server; wait $server; rm -rf "$folder"';
  const end = untilWeEnd(script, { args: [folder, ...command], cwd: folder, owner, output });
  closeSync(output);
  return {
    log: () => readFileSync(logFile, 'utf8'),
    stop: end,
  };
}

/** Repeats a probe every 100 ms until it succeeds; throws its last error after the time limit. */
export async function waitFor(probe: () => Promise<void>, timeoutMs: number): Promise<void> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await probe();
    } catch (error) {
      if (performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
