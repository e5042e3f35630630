import { access, constants, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A reason not to start that the operator can mend; told in one line, without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/**
 * Makes the data folder, and with `alone` takes it for this process: the embedded database must never be opened twice,
 * so a file names its holder, and one left by a killed process is taken over. Returns the release.
 */
export async function holdDataDir(folder: string, { alone }: { alone: boolean }): Promise<() => Promise<void>> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new StartError(`DATA_DIR ${folder} cannot be written: ${(error as Error).message}`);
  }
  if (!alone) return async () => {};
  const file = join(folder, 'soko.pid');
  const holder = Number(await readFile(file, 'utf8').catch(() => '0'));
  if (holder > 0 && holder !== process.pid && isAlive(holder)) {
    throw new StartError(`DATA_DIR ${folder} is in use by process ${holder}; if that is not Soko, remove ${file}`);
  }
  await rm(file, { force: true });
  // `wx` fails when another process came in between: one of two that start together wins.
  await writeFile(file, String(process.pid), { flag: 'wx' }).catch((error: Error) => {
    throw new StartError(`DATA_DIR ${folder} cannot be taken: ${error.message}`);
  });
  return () => rm(file, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
