import { run, which } from './run.ts';

const env = {
  DEBIAN_FRONTEND: 'noninteractive',
  // Keeps the packages from starting their own servers on the default ports.
  RUNLEVEL: '1',
};

/** Whether this is a Debian or Ubuntu where we may install packages. */
export async function aptMayInstall(): Promise<boolean> {
  return process.getuid?.() === 0 && (await which('apt-get')) !== null;
}

/** The package of PostGIS for the distribution's PostgreSQL; it brings the server with it. */
export async function postgisPackage(): Promise<string> {
  await update();
  const found = await run('apt-cache', ['search', '--names-only', '^postgresql-[0-9]+-postgis-3$']);
  const names = found
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter(Boolean);
  const newest = names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
  if (!newest) throw new Error('apt knows no package postgresql-NN-postgis-3');
  return newest;
}

export async function install(name: string): Promise<void> {
  await update();
  await run('apt-get', ['install', '--yes', '--no-install-recommends', name], { timeoutMs: 600_000, env });
}

let updated: Promise<unknown> | undefined;

function update(): Promise<unknown> {
  updated ??= run('apt-get', ['update'], { timeoutMs: 300_000, env });
  return updated;
}
