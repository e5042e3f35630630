import { pino, type Logger } from 'pino';

export type Log = Logger;

/** JSON lines on standard output. What could identify or sign in a person is cut out wherever it appears. */
export function createLog(level: string, nodeId: string): Log {
  const paths = ['token', 'password', 'accessToken', 'refreshToken', 'authorization', 'cookie', 'email', 'phone'];
  return pino({
    level,
    base: { node: nodeId },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: paths.flatMap((path) => [path, `*.${path}`]), censor: '[cut]' },
  });
}
