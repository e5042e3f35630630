import { fileURLToPath } from 'node:url';
import { untilWeEnd } from './held-process.ts';
import { run } from './run.ts';
import type { Service } from './server.ts';

const composeFile = fileURLToPath(new URL('docker-compose.yml', import.meta.url));
const containers = {
  postgres: { port: 5432, url: (address: string) => `postgres://soko:soko@${address}/soko` },
  redis: { port: 6379, url: (address: string) => `redis://${address}` },
};

/** Whether a Docker engine answers, not merely whether the client is installed. */
export async function dockerAnswers(): Promise<boolean> {
  const answers = run('docker', ['info', '--format', '{{.ServerVersion}}'], { timeoutMs: 5_000 });
  return answers.then(
    (version) => version !== '',
    () => false,
  );
}

/** Starts one service of the compose file under a project of its own, on a free port. */
export async function startContainer(name: keyof typeof containers): Promise<Service> {
  const compose = ['compose', '--project-name', `soko-test-${process.pid}-${name}`, '--file', composeFile];
  const { port, url } = containers[name];
  const down = ['docker', ...compose, 'down', '--volumes', '--timeout', '1'];
  const stop = untilWeEnd('read -r _; "$@"', { args: down, cwd: '/', output: 'ignore' });
  try {
    await run('docker', [...compose, 'up', '--detach', '--wait', name], { timeoutMs: 300_000 });
    const address = await run('docker', [...compose, 'port', name, String(port)]);
    return { url: url(address), origin: `${name} in Docker, started for this run`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
