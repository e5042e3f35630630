import type { Config } from './config.ts';
import type { Soko } from './soko.ts';

type Started = Pick<Soko, 'port' | 'parts'> & { readonly opsPorts: readonly number[] };

/** What a person wants to know after starting: where, of which parts, and what to try. */
export function banner(config: Config, { port, opsPorts, parts }: Started): string {
  const [opsPort = 0, ...more] = opsPorts;
  const beside = more.map((another) => `, :${another}`).join('');
  const choices = Object.entries(parts)
    .map(([part, choice]) => `${part} ${choice}`)
    .join(' · ');
  if (port === null) return `Soko worker\n  parts   ${choices}\n  health  http://${config.OPS_HOST}:${opsPort}/readyz`;
  const address = `http://${config.HOST === '0.0.0.0' ? '127.0.0.1' : config.HOST}:${port}`;
  return [
    `Soko listens on ${address}`,
    `  parts   ${choices}`,
    `  look    ${address}/docs   ·   metrics http://${config.OPS_HOST}:${opsPort}/metrics${beside}`,
    `  try     npm run demo${config.PORT === 3000 ? '' : `   (with SOKO_URL=${address})`}`,
  ].join('\n');
}
