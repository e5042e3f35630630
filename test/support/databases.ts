import type { DatabaseTarget } from '../../src/domain/orm.ts';

/** A database of its own for one test file. */
export async function newDatabaseTarget(): Promise<{ target: DatabaseTarget; drop: () => Promise<void> }> {
  const server = process.env.DATABASE_URL;
  if (!server) return { target: { dataDir: 'memory://' }, drop: async () => {} };
  const { default: pg } = await import('pg');
  const name = `test_${crypto.randomUUID().replaceAll('-', '')}`;
  const admin = async (statement: string) => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  await admin(`create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { target: { url: url.href, poolMax: 10 }, drop: () => admin(`drop database if exists ${name} with (force)`) };
}
