import { limits } from './limits.ts';

/** What a client should do after an error: give up, wait and repeat, or read the entity again first. */
export type Retry = 'never' | 'later' | 'refetch';

export interface ErrorSpec {
  readonly retry: Retry;
  /** HTTP status of the same answer on the HTTP fallback. */
  readonly http: 200 | 400 | 401 | 403 | 404 | 405 | 409 | 413 | 422 | 429 | 500 | 503;
  readonly text: string;
}

export type ErrorTable = Readonly<Record<string, ErrorSpec>>;

/** Declares an area's closed error table. Keys are `area.reason`; the order of keys is the order of precedence. */
export function defineErrors<const T extends Record<`${string}.${string}`, ErrorSpec>>(table: T): T {
  return table;
}

/** Errors that every command may answer without declaring them. */
export const universalErrors = defineErrors({
  'command.unknown': { retry: 'never', http: 404, text: 'There is no such command.' },
  'frame.malformed': { retry: 'never', http: 400, text: 'The frame is not a command with an object as input.' },
  'frame.too_large': { retry: 'never', http: 413, text: 'The input is larger than the limit.' },
  'limit.rate': { retry: 'later', http: 429, text: 'Too many requests; wait retryAfterMs.' },
  'input.invalid': { retry: 'never', http: 400, text: 'The input does not fit the schema; see issues.' },
  'auth.required': { retry: 'never', http: 401, text: 'This command needs a signed-in user.' },
  'auth.forbidden': { retry: 'never', http: 403, text: 'Your role may not use this command.' },
  'auth.invalid': { retry: 'never', http: 401, text: 'The token is not valid.' },
  'auth.expired': { retry: 'refetch', http: 401, text: 'The token has expired; refresh it.' },
  'auth.revoked': { retry: 'never', http: 401, text: 'The session was revoked; sign in again.' },
  'auth.suspended': { retry: 'never', http: 403, text: 'The account is suspended.' },
  'idempotency.key_reused': { retry: 'never', http: 409, text: 'This idempotency key was used with another input.' },
  'server.unavailable': { retry: 'later', http: 503, text: 'A backing service is unavailable; try again.' },
  internal: { retry: 'later', http: 500, text: 'Something went wrong on our side; quote the request id.' },
} as const satisfies ErrorTable);

export type UniversalCode = keyof typeof universalErrors;

export interface Issue {
  readonly path: string;
  readonly message: string;
}

export interface FailDetails {
  readonly retryAfterMs?: number;
  readonly issues?: readonly Issue[];
}

/** An expected failure. Only `fail` of a command's context and the pipeline itself create it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: string;
  readonly details: FailDetails;
  /** Whether the transaction is committed all the same. */
  readonly keep: boolean;

  constructor(code: string, details: FailDetails = {}, keep = false) {
    super(code);
    this.code = code;
    this.details = details;
    this.keep = keep;
  }
}

/** States an invariant. A broken one is our bug: the command answers `internal`, the message goes to the log. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}

/** The answer while the database is away. */
export function unavailable(): CommandError {
  return new CommandError('server.unavailable', { retryAfterMs: limits.unavailableRetryMs });
}
