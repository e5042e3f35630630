import { startOwnRedis, type OwnRedis } from '../support/own-redis.ts';
import { engineKind, startTestServer, type TestServer } from '../support/server.ts';
import { hall } from './hall.ts';

/** One process holds two servers on the node engine only. */
export const canHoldTwo = Boolean(process.env.REDIS_URL) && engineKind === 'node';

export interface TwoNodes {
  readonly one: TestServer;
  readonly two: TestServer;
  readonly redis: OwnRedis;
  close(): Promise<void>;
}

/** Two nodes of one market in this process, with a Redis of their own between them. */
export async function startTwoNodes(): Promise<TwoNodes> {
  const redis = await startOwnRedis();
  const shared = { roomKinds: [hall], redis: { url: redis.url, prefix: 'test:' } };
  const one = await startTestServer(shared);
  const two = await startTestServer({ ...shared, beside: one });
  return {
    one,
    two,
    redis,
    async close() {
      await two.close();
      await one.close();
      await redis.remove();
    },
  };
}
