import { aptMayInstall, install, postgisPackage } from './apt.ts';
import { dockerAnswers, startContainer } from './docker.ts';
import { checkPostgres, startLocalPostgres } from './postgres.ts';
import { checkRedis, startLocalRedis } from './redis.ts';
import type { Service } from './server.ts';

/** A service that tests need and the ways to come by it, in the order they are tried. */
interface Need {
  readonly container: 'postgres' | 'redis';
  /** The environment variable that names a server to use instead; tests read it too. */
  readonly variable: 'DATABASE_URL' | 'REDIS_URL';
  readonly check: (url: string) => Promise<void>;
  readonly local: () => Promise<Service | null>;
  readonly aptPackage: () => Promise<string>;
  readonly advice: string;
}

const needs: readonly Need[] = [
  {
    container: 'postgres',
    variable: 'DATABASE_URL',
    check: checkPostgres,
    local: startLocalPostgres,
    aptPackage: postgisPackage,
    advice: 'PostgreSQL with PostGIS (Debian: postgresql-15-postgis-3; macOS: brew install postgresql postgis)',
  },
  {
    container: 'redis',
    variable: 'REDIS_URL',
    check: checkRedis,
    local: startLocalRedis,
    aptPackage: async () => 'redis-server',
    advice: 'Redis 7 or newer (Debian: redis-server; macOS: brew install redis)',
  },
];

/** Brings up what the tests need before they start; the function it returns takes down what it started. */
export default async function setup(): Promise<() => Promise<void>> {
  const started: Service[] = [];
  const stop = async () => {
    await Promise.all(started.map((service) => service.stop()));
  };
  try {
    for (const need of needs) {
      const service = await provide(need);
      started.push(service);
      process.env[need.variable] = service.url;
      console.log(`services: ${service.origin}`);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function provide(need: Need): Promise<Service> {
  const url = process.env[need.variable];
  if (url) {
    await need.check(url);
    return { url, origin: `${need.container} of ${need.variable}`, stop: async () => {} };
  }
  if (await dockerAnswers()) return startContainer(need.container);
  const local = await need.local();
  if (local) return local;
  const installed = (await aptMayInstall()) ? await installWithApt(need) : null;
  if (installed) return installed;
  throw new Error(
    `The tests need ${need.advice}. Install it, start Docker, or name a server in ${need.variable}. ` +
      '`npm run test:quick` runs what can run without.',
  );
}

async function installWithApt(need: Need): Promise<Service | null> {
  const name = await need.aptPackage();
  console.log(`services: installing ${name} with apt`);
  await install(name);
  return need.local();
}
