import { connect } from 'node:net';
import { freePort } from '../free-port.ts';
import { hold, newFolder, waitFor } from './held-process.ts';
import { which } from './run.ts';
import type { Service } from './server.ts';

/** Starts an installed Redis that keeps nothing; null when there is none. */
export async function startLocalRedis(): Promise<Service | null> {
  const binary = (await which('redis-server')) ?? (await which('valkey-server'));
  if (!binary) return null;
  const folder = await newFolder('redis');
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const server = hold(
    [binary, '--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', '', '--appendonly', 'no'],
    { folder },
  );
  try {
    await waitFor(() => checkRedis(url), 10_000);
  } catch (error) {
    const log = server.log();
    await server.stop();
    throw new Error(`${binary} did not start:\n${log}`, { cause: error });
  }
  return { url, origin: `${binary}, started for this run`, stop: server.stop };
}

/** Throws when nothing there speaks Redis. Any answer to PING will do, also a refusal without a password. */
export async function checkRedis(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port || 6379) });
    socket.setTimeout(5_000, () => socket.destroy(new Error(`no answer from ${hostname}:${port}`)));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
