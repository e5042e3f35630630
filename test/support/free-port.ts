import { createServer } from 'node:net';

// Below those that the kernel gives to outgoing connections (from 32768 on Linux, 49152 elsewhere): a port from there
// may be taken between our look and the server's start, or while a killed server is away.
const lowest = 10_000;
const highest = 30_000;

export async function freePort(): Promise<number> {
  return freePorts(1);
}

/** The first of some free ports in a row. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = lowest + Math.floor(Math.random() * (highest - lowest));
    const free = await Promise.all(Array.from({ length: count }, (_, index) => isFree(first + index)));
    if (free.every(Boolean)) return first;
  }
}

function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
