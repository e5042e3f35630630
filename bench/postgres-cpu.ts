import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';

/** The kernel counts CPU time in these. */
const tickMs = 10;

interface Stat {
  readonly parent: number;
  /** Of the process itself, and of its children that have ended. */
  readonly ownTicks: number;
  readonly childTicks: number;
}

/**
 * A clock of the CPU milliseconds that all processes of a PostgreSQL server have taken; null where it runs on another
 * machine, or where the kernel does not tell.
 */
export async function openPostgresCpu(databaseUrl: string): Promise<(() => Promise<number>) | null> {
  if (!['127.0.0.1', 'localhost'].includes(new URL(databaseUrl).hostname)) return null;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const backend = await statOf(rows[0]?.pid ?? 0);
  await client.end();
  return backend && (() => cpuMsBelow(backend.parent));
}

async function cpuMsBelow(server: number): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  let ticks = 0;
  for (const pid of pids) {
    const stat = await statOf(pid);
    if (pid === server) ticks += (stat?.ownTicks ?? 0) + (stat?.childTicks ?? 0);
    else if (stat?.parent === server) ticks += stat.ownTicks;
  }
  return ticks * tickMs;
}

/** Null for a process that is gone. */
async function statOf(pid: number): Promise<Stat | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  // What follows the name, which may hold anything.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [parent = 0, own = 0, ownSystem = 0, child = 0, childSystem = 0] = [1, 11, 12, 13, 14].map((at) => fields[at]);
  return { parent, ownTicks: own + ownSystem, childTicks: child + childSystem };
}
