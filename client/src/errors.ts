/** What to do after an error: give up, wait and repeat, or read the entity again first. */
export type Retry = 'never' | 'later' | 'refetch';

/** An error answer as it is on the wire. */
export interface ErrorAnswer {
  readonly code: string;
  readonly message: string;
  readonly retry: Retry;
  readonly retryAfterMs?: number;
  readonly issues?: readonly { readonly path: string; readonly message: string }[];
  readonly requestId?: string;
}

/**
 * A refused call or connection. `code` is the server's (`offers.stale`), or one of the client's own:
 * `client.timeout` (no answer in time, after all attempts), `client.offline` (no connection in time, or lost before
 * the answer of a call that may not be repeated: its outcome is unknown), `client.queue_full`, `client.closed`.
 */
export class SokoError extends Error {
  override readonly name = 'SokoError';
  readonly code: string;
  readonly retry: Retry;
  /** Milliseconds to wait before a repeat, where the server says so. */
  readonly retryAfterMs: number | undefined;
  /** What is wrong with which field of the input. */
  readonly issues: readonly { readonly path: string; readonly message: string }[];
  /** Names the request in the server's log. */
  readonly requestId: string | undefined;

  constructor(answer: ErrorAnswer) {
    super(`${answer.code}: ${answer.message}`);
    this.code = answer.code;
    this.retry = answer.retry;
    this.retryAfterMs = answer.retryAfterMs;
    this.issues = answer.issues ?? [];
    this.requestId = answer.requestId;
  }
}

const ownErrors = {
  'client.timeout': ['later', 'The server did not answer in time.'],
  'client.offline': ['later', 'There is no connection.'],
  'client.queue_full': ['later', 'Too many calls wait for the connection.'],
  'client.closed': ['never', 'The client is closed.'],
} as const;

export function ownError(code: keyof typeof ownErrors): SokoError {
  const [retry, message] = ownErrors[code];
  return new SokoError({ code, retry, message });
}

/** Reads an error answer that came from outside; what does not look like one becomes `internal`. */
export function toSokoError(value: unknown): SokoError {
  const answer = (typeof value === 'object' && value !== null ? value : {}) as Partial<ErrorAnswer>;
  if (typeof answer.code === 'string')
    return new SokoError({ message: '', retry: 'later', ...answer, code: answer.code });
  return new SokoError({ code: 'internal', message: String(value), retry: 'later' });
}

/** Whether there is no use in another try. */
export function isFinal(error: unknown): error is SokoError {
  return error instanceof SokoError && error.retry === 'never';
}

/** Whether the session is over, so that its tokens are of no use any more. */
export function isSessionOver({ code }: SokoError): boolean {
  return code === 'auth.revoked' || code === 'auth.suspended';
}
