import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino';

export type Log = Logger;

/** JSON lines, on standard output by default. What could identify or sign in a person is cut out. */
export function createLog(level: string, nodeId: string, to?: DestinationStream): Log {
  const paths = ['token', 'password', 'accessToken', 'refreshToken', 'authorization', 'cookie', 'email', 'phone'];
  const options = {
    level,
    base: { node: nodeId },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
    redact: { paths: paths.flatMap((path) => [path, `*.${path}`]), censor: '[cut]' },
  };
  return to ? pino(options, to) : pino(options);
}

/**
 * An error as it is logged. PostgreSQL and the drivers quote rows and values in their messages and details: of such an
 * error only what names the place is kept.
 */
function describeError(error: Error): object {
  const { code, constraint, table, column } = error as Error & Record<string, unknown>;
  const told = stdSerializers.err(error);
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return told;
  const [first = ''] = error.message.split('\n');
  // Class 22 is about a value, which follows the colon.
  const message = code.startsWith('22') ? first.split(':')[0] : first;
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return { type: told.type, code, message, constraint, table, column, stack: frames.join('\n') };
}
