import { bindTestPorts } from '../test/support/ports.ts';
import { createHarness, type Harness, type TestUser } from '../test/support/harness.ts';
import { createListing } from '../test/support/listings.ts';
import { many } from './wire.ts';

/** Two people who talk. */
export interface Pair {
  readonly conversationId: string;
  readonly people: readonly [TestUser, TestUser];
}

/** A database of its own with people and conversations in it, for the measured server to open. */
export interface BenchMarket {
  readonly databaseUrl: string;
  readonly users: readonly TestUser[];
  readonly pairs: readonly Pair[];
  /** The environment that makes a server serve this market. */
  readonly env: Record<string, string>;
  close(): Promise<void>;
}

export async function createMarket(server: string, size: { users: number; pairs: number }): Promise<BenchMarket> {
  const harness = await createHarness(bindTestPorts);
  const users = await many(size.users, () => harness.user(), 8);
  const pairs = await many(size.pairs, (index) => createPair(harness, [users[index * 2]!, users[index * 2 + 1]!]), 8);
  const databaseUrl = await addressOf(harness, server);
  return {
    databaseUrl,
    users,
    pairs,
    env: {
      DATABASE_URL: databaseUrl,
      JWT_SECRET: 'test-secret-of-32-characters-long',
      TRUSTED_PROXIES: '127.0.0.1',
      PORT: '0',
      OPS_PORT: '0',
      LOG_LEVEL: 'fatal',
    },
    close: () => harness.close(),
  };
}

async function createPair(harness: Harness, [seller, buyer]: [TestUser, TestUser]): Promise<Pair> {
  const { id: listingId } = await createListing(harness, seller);
  const { id: conversationId } = await harness.ok<{ id: string }>(buyer, 'conversations.open', { listingId });
  return { conversationId, people: [buyer, seller] };
}

async function addressOf({ database }: Harness, server: string): Promise<string> {
  const [row] = await database.orm.em.getConnection().execute<{ name: string }[]>('select current_database() as name');
  const url = new URL(server);
  url.pathname = `/${row?.name}`;
  return url.href;
}
