import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Runs a program to its end and returns what it printed; throws, with its complaint, when it fails. */
export async function run(
  file: string,
  args: readonly string[],
  options: { timeoutMs?: number; env?: Record<string, string>; uid?: number; gid?: number; cwd?: string } = {},
): Promise<string> {
  const { timeoutMs = 60_000, env, ...rest } = options;
  const { stdout } = await execute(file, [...args], {
    timeout: timeoutMs,
    maxBuffer: 64 << 20,
    env: { ...process.env, ...env },
    ...rest,
  });
  return stdout.trim();
}

/** The path of a program, or null when it is not in the PATH. */
export async function which(program: string): Promise<string | null> {
  return run('sh', ['-c', 'command -v "$1"', 'sh', program]).catch(() => null);
}
