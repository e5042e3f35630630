import { execFile } from 'node:child_process';
import { glob } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import type { BenchMarket } from './market.ts';

const execute = promisify(execFile);
const script = fileURLToPath(new URL('send.sql', import.meta.url));

type Pgbench = (load: { seconds: number; clients: number }) => Promise<number>;

/** A function that runs the script and answers transactions a second; null where pgbench is not installed. */
export async function preparePgbench({ databaseUrl, pairs }: BenchMarket): Promise<Pgbench | null> {
  const binary = await findPgbench();
  if (binary === null) return null;
  await preparePairs(databaseUrl);
  const load = { script, databaseUrl, variables: { pairs: pairs.length }, protocol: 'prepared' } as const;
  return async ({ seconds, clients }) => (await runPgbench({ ...load, seconds, clients })) ?? 0;
}

/** Runs a script for some seconds and answers transactions a second; null where pgbench is not installed. */
export async function runPgbench(load: {
  readonly script: string;
  readonly databaseUrl: string;
  readonly seconds: number;
  readonly clients: number;
  readonly variables: Readonly<Record<string, number>>;
  readonly protocol: 'prepared' | 'simple';
}): Promise<number | null> {
  const binary = await findPgbench();
  if (binary === null) return null;
  const variables = Object.entries(load.variables).flatMap(([name, value]) => ['-D', `${name}=${value}`]);
  const options = `-n -M ${load.protocol} -j 2 -c ${load.clients} -T ${load.seconds}`.split(' ');
  const { stdout, stderr } = await execute(binary, [...options, ...variables, '-f', load.script, load.databaseUrl]);
  const perSecond = Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
  if (!(perSecond > 0)) throw new Error(`pgbench said:\n${stdout}${stderr}`);
  return perSecond;
}

async function findPgbench(): Promise<string | null> {
  const found = ['pgbench'];
  for await (const path of glob('/usr/lib/postgresql/*/bin/pgbench')) found.push(path);
  for (const path of found) {
    if (
      await execute(path, ['--version']).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return null;
}

/** pgbench only counts in numbers: a table gives each conversation one, with an event as Soko stored it. */
async function preparePairs(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`
    create table bench_pair as
    select row_number() over (order by id)::int as n, id as conversation_id, least(buyer_id, seller_id) as first_id,
      greatest(buyer_id, seller_id) as second_id,
      (select data from inbox_event where type = 'message.sent' limit 1) as data,
      (select text from message where kind = 'text' limit 1) as text
    from conversation;
    alter table bench_pair add primary key (n);
    analyze;`);
  await client.end();
}
