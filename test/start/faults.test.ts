import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillDataDir, newDatabaseTarget } from '../support/databases.ts';
import { freePort } from '../support/free-port.ts';
import { spawnSoko, startProcess, tempFolder } from '../support/process.ts';

let data: Awaited<ReturnType<typeof tempFolder>>;
beforeAll(async () => {
  data = await tempFolder();
});
afterAll(() => data.remove());

async function refusedStart(env: Record<string, string>) {
  const { output, exited } = spawnSoko({ DATA_DIR: join(data.folder, crypto.randomUUID()), ...env });
  const code = await exited;
  return { code, lines: output().trim().split('\n') };
}

test('a port in use is one clear line and a non-zero exit', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => holder.once('listening', resolve));
  const { port } = holder.address() as AddressInfo;
  const { code, lines } = await refusedStart({ PORT: String(port) });
  holder.close();
  expect(code).toBe(1);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(new RegExp(`^soko: .*${port}.*in use`));
});

test('a DATA_DIR that cannot be made is one clear line and a non-zero exit', async () => {
  const file = join(data.folder, 'a-file');
  await writeFile(file, '');
  const { code, lines } = await refusedStart({ DATA_DIR: join(file, 'below') });
  expect(code).toBe(1);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^soko: DATA_DIR .* cannot be written/);
});

test('a wrong DATABASE_URL is one clear line and a non-zero exit', async () => {
  const { code, lines } = await refusedStart({
    DATABASE_URL: `postgres://soko:secret@127.0.0.1:${await freePort()}/soko`,
  });
  expect(code).toBe(1);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^soko: DATABASE_URL cannot be used: .*ECONNREFUSED/);
  expect(lines[0]).not.toContain('secret');
});

test('a Redis that is down at start is one clear line and a non-zero exit', async () => {
  const { code, lines } = await refusedStart({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
  expect(code).toBe(1);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^soko: REDIS_URL cannot be used: .*ECONNREFUSED/);
});

test('a schedule that cannot be reached is one clear line and a non-zero exit', async () => {
  const { target, drop } = await newDatabaseTarget();
  const { code, lines } = await refusedStart({
    JOBS_URL: `postgres://soko@127.0.0.1:${await freePort()}/soko`,
    ...('url' in target ? { DATABASE_URL: target.url } : {}),
  });
  await drop();
  expect(code).toBe(1);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^soko: JOBS_URL cannot hold the schedule: .*ECONNREFUSED/);
});

test.each([
  [{ PORT: '99999' }, /PORT: /],
  [{ OFFER_TTL: 'soon' }, /OFFER_TTL: expected a duration/],
  [{ DATABASE_URL: 'mysql://host/db' }, /DATABASE_URL: expected an address like postgres:/],
  [{ NODE_ENV: 'production' }, /JWT_SECRET: set a secret of your own/],
])('bad configuration %j is refused by name', async (env, pattern) => {
  const { code, lines } = await refusedStart(env);
  expect(code).toBe(1);
  expect(lines.join('\n')).toMatch(pattern);
});

test('a second process on the same embedded data is refused, and the first goes on', async () => {
  const held = join(data.folder, 'held');
  await fillDataDir(held);
  const first = await startProcess({ DATA_DIR: held });
  const { code, lines } = await refusedStart({ DATA_DIR: held });
  expect(code).toBe(1);
  expect(lines[0]).toMatch(/is in use by process \d+/);
  expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
  expect(await first.end('SIGTERM')).toBe(0);
}, 600_000);
