import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bindTestPorts } from '../test/support/ports.ts';
import { createHarness, type Harness, type TestUser } from '../test/support/harness.ts';
import { createListing } from '../test/support/listings.ts';
import { many } from './wire.ts';

/** Two people who talk. */
export interface Pair {
  readonly conversationId: string;
  readonly listingId: string;
  readonly people: readonly [TestUser, TestUser];
}

/** A database of its own with people and conversations in it, for the measured server to open. */
export interface BenchMarket {
  readonly databaseUrl: string;
  readonly users: readonly TestUser[];
  readonly pairs: readonly Pair[];
  /** The pipeline on the same database, for what has to be there before measuring. It delivers to nobody. */
  readonly harness: Harness;
  /** The environment that makes a server serve this market. */
  readonly env: Record<string, string>;
  close(): Promise<void>;
}

const atOnce = 8;

export async function createMarket(server: string, size: { users: number; pairs: number }): Promise<BenchMarket> {
  const harness = await createHarnessOn(server);
  const dataDir = await mkdtemp(join(tmpdir(), 'soko-bench-'));
  const users = await many(size.users, () => harness.user(), atOnce);
  const pairs = await many(
    size.pairs,
    (index) => createPair(harness, [users[index * 2]!, users[index * 2 + 1]!]),
    atOnce,
  );
  const databaseUrl = await addressOf(harness, server);
  return {
    databaseUrl,
    users,
    pairs,
    harness,
    env: {
      DATABASE_URL: databaseUrl,
      DATA_DIR: dataDir,
      JWT_SECRET: 'test-secret-of-32-characters-long',
      TRUSTED_PROXIES: '127.0.0.1',
      PORT: '0',
      OPS_PORT: '0',
      LOG_LEVEL: 'fatal',
    },
    async close() {
      await harness.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The harness makes its database on the server that the environment names. */
async function createHarnessOn(server: string): Promise<Harness> {
  const before = process.env.DATABASE_URL;
  process.env.DATABASE_URL = server;
  try {
    return await createHarness(bindTestPorts);
  } finally {
    process.env.DATABASE_URL = before;
  }
}

async function createPair(harness: Harness, [seller, buyer]: [TestUser, TestUser]): Promise<Pair> {
  const { id: listingId } = await createListing(harness, seller);
  const { id: conversationId } = await harness.ok<{ id: string }>(buyer, 'conversations.open', { listingId });
  return { conversationId, listingId, people: [buyer, seller] };
}

async function addressOf({ database }: Harness, server: string): Promise<string> {
  const [row] = await database.orm.em.getConnection().execute<{ name: string }[]>('select current_database() as name');
  const url = new URL(server);
  url.pathname = `/${row?.name}`;
  return url.href;
}
