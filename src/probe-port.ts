import { createServer } from 'node:net';
import { StartError } from './data-dir.ts';
import { listenError } from './gateway/listen-error.ts';

/** Refuses a taken port before the slow parts start. Another process may still take it until the real `listen`. */
export async function probePort(host: string, port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ code }: NodeJS.ErrnoException) => {
      reject(new StartError(listenError({ host, port }, code).message));
    });
    server.listen(port, host, () => server.close(() => resolve()));
  });
}
