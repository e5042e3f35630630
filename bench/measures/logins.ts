import { hash, verify } from '@node-rs/argon2';
import { sql } from 'kysely';
import { passwordParameters } from '../../src/domain/identity/passwords.ts';
import type { Bench } from '../bench.ts';
import { startChild } from '../child.ts';
import { createMarket, type BenchMarket } from '../market.ts';
import { percentile, type Group } from '../report.ts';
import { addressOf, many, Wire, type Reply } from '../wire.ts';

const full = { accounts: 400, rounds: 3, tries: 300 };
const quick = { accounts: 40, rounds: 1, tries: 20 };
const inFlight = 8;
const password = 'correct horse battery staple';
/** An address may sign in 20 times a minute; each socket stays far below. */
const triesPerSocket = 5;

/** Signing in beside the bare hash, and whether the time tells an unknown account from a known one. */
export async function measureLogins(bench: Bench): Promise<Group[]> {
  const size = bench.quick ? quick : full;
  const market = await createMarket(bench.databaseUrl, { users: size.accounts, pairs: 0 });
  const stored = await hash(password, passwordParameters);
  await sql`update account set password_hash = ${stored}`.execute(market.harness.database.sql);
  const [engine = 'node'] = bench.engines;
  const server = await startChild('soko', { node: bench.node, env: { ...market.env, GATEWAY_ENGINE: engine } });
  try {
    const names = await namesOf(market);
    const wires = await many(Math.ceil((size.accounts * size.rounds) / triesPerSocket), (index) =>
      guest(server.url, index),
    );
    return [
      await throughput({ wires, names, stored, rounds: size.rounds }),
      await timing(server.url, names, size.tries),
    ];
  } finally {
    await server.stop();
    await market.close();
  }
}

async function namesOf({ harness }: BenchMarket): Promise<string[]> {
  const { rows } = await sql<{ email: string }>`select email from account order by id`.execute(harness.database.sql);
  return rows.map(({ email }) => email);
}

function guest(url: string, index: number): Promise<Wire> {
  return Wire.connect(url, { ip: addressOf(index), awaitReady: true });
}

function login(wire: Wire, identifier: string, given: string): Promise<Reply> {
  return wire.call('sessions.login', { identifier, password: given });
}

interface Load {
  readonly wires: readonly Wire[];
  readonly names: readonly string[];
  readonly stored: string;
  readonly rounds: number;
}

/** In turns with the bare hash, so that both meet the same moods of the machine; the best round of each counts. */
async function throughput({ wires, names, stored, rounds }: Load): Promise<Group> {
  const [logins, bare]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    logins.push(
      await perSecond(names.length, async (index) => {
        const at = round * names.length + index;
        const reply = await login(wires[Math.floor(at / triesPerSocket)]!, names[index]!, password);
        if (!reply.ok) throw new Error(`a login failed: ${reply.error?.code}`);
      }),
    );
    bare.push(await perSecond(names.length, async () => void (await verify(stored, password))));
  }
  const [ours, floor] = [Math.max(...logins), Math.max(...bare)];
  return {
    title: `Signing in, ${inFlight} at once`,
    results: [
      { what: 'argon2 alone, the same parameters', value: `${floor.toFixed(1)} a second` },
      {
        what: 'sessions.login',
        value: `${ours.toFixed(1)} a second`,
        ratio: `${(ours / floor).toFixed(2)} × argon2 alone`,
      },
    ],
  };
}

async function perSecond(count: number, work: (index: number) => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await many(count, work, inFlight);
  return (count * 1_000) / (performance.now() - startedAt);
}

/** One at a time, known and unknown in turns, each name once from an address of its own: no counter is in the way. */
async function timing(url: string, names: readonly string[], tries: number): Promise<Group> {
  const [known, unknown]: [number[], number[]] = [[], []];
  const timed = async (wire: Wire, identifier: string) => {
    const startedAt = performance.now();
    const reply = await login(wire, identifier, 'not the password');
    if (reply.error?.code !== 'sessions.wrong_credentials') throw new Error(`answered ${JSON.stringify(reply)}`);
    return performance.now() - startedAt;
  };
  for (let index = 0; index < Math.min(tries, names.length); index += 1) {
    const wire = await guest(url, 100_000 + index);
    const stranger = `nobody${crypto.randomUUID()}@example.test`;
    const order = [names[index]!, stranger];
    for (const name of index % 2 === 0 ? order : order.toReversed()) {
      (name === stranger ? unknown : known).push(await timed(wire, name));
    }
    wire.close();
  }
  const [low, high] = differenceInterval(known, unknown);
  const ms = (value: number) => `${value.toFixed(2)} ms`;
  return {
    title: `Does the time tell whether an account exists? ${known.length} wrong passwords of each kind`,
    results: [
      { what: 'known account, median', value: ms(percentile(known, 0.5)) },
      { what: 'unknown account, median', value: ms(percentile(unknown, 0.5)) },
      {
        what: 'difference of the medians, 99 % interval',
        value: `${ms(low)} … ${ms(high)}`,
        aim: 'around 0',
        met: low <= 0 && high >= 0,
      },
    ],
  };
}

/** Bootstrap: the medians of samples drawn again from the measured ones. */
function differenceInterval(left: readonly number[], right: readonly number[]): [number, number] {
  const again = (values: readonly number[]) =>
    percentile(
      values.map(() => values[Math.floor(Math.random() * values.length)]!),
      0.5,
    );
  const differences = Array.from({ length: 2_000 }, () => again(left) - again(right));
  return [percentile(differences, 0.005), percentile(differences, 0.995)];
}
