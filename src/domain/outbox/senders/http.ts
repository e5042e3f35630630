import type { Outcome } from '../channel.ts';

/** Network errors at which nothing can have reached the provider. */
const beforeSending = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export interface Answer {
  readonly status: number;
  readonly afterMs: number | undefined;
  readonly body: string;
}

const bodyCharsMax = 4_000;

/**
 * One request to a provider. Redirects are not followed: the address was checked, the one behind it was not. Without an
 * answer the outcome is `retry` when nothing can have arrived, else `unknown`.
 */
export async function ask(url: string, init: RequestInit): Promise<Answer | Outcome> {
  // The time went by before anything was asked, as while waiting for an access token.
  if (init.signal?.aborted) return { kind: 'retry', reason: 'no time was left' };
  try {
    const response = await fetch(url, { ...init, redirect: 'manual' });
    const body = (await response.text()).slice(0, bodyCharsMax);
    return { status: response.status, afterMs: retryAfterMs(response.headers), body };
  } catch (error) {
    return noAnswer(error);
  }
}

export function isAnswer(answered: Answer | Outcome): answered is Answer {
  return 'status' in answered;
}

export function noAnswer(error: unknown): Outcome {
  const codes = codesOf(error);
  const reason = codes[0] ?? (error instanceof Error ? error.name : 'no answer');
  return codes.some((code) => beforeSending.has(code)) ? { kind: 'retry', reason } : { kind: 'unknown', reason };
}

/** Codes of an error and of what caused it. */
function codesOf(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error) || depth > 3) return [];
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  const inner = error instanceof AggregateError ? error.errors.flatMap((one) => codesOf(one, depth + 1)) : [];
  return [...(typeof code === 'string' ? [code] : []), ...codesOf(cause, depth + 1), ...inner];
}

/** `Retry-After` in seconds. Dates are left out: the provider's clock may differ, and the backoff does as well. */
function retryAfterMs(headers: Headers): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds * 1000) : undefined;
}

export function later(reason: string, afterMs: number | undefined): Outcome {
  return { kind: 'retry', reason, ...(afterMs === undefined ? {} : { afterMs }) };
}
