import type { CommandError } from '../domain/kernel/index.ts';
import { replyError, type ErrorTable, type Reply, type ReplyError } from '../domain/kernel/index.ts';
import type { HttpContext } from './parts.ts';

/** Sends a reply as every transport does, with the status of the error table. */
export function answer(c: HttpContext, errors: ErrorTable, reply: Reply): Response {
  if (reply.ok) return c.json(reply);
  if (reply.error.retryAfterMs !== undefined)
    c.header('Retry-After', String(Math.ceil(reply.error.retryAfterMs / 1000)));
  return c.json(reply, errors[reply.error.code]?.http ?? 500);
}

/** The answer to a request that failed outside any operation. */
export function refuse(c: HttpContext, errors: ErrorTable, error: CommandError): Response {
  return answer(c, errors, { ok: false, error: replyError(error, errors, c.var.requestId) });
}

/** The data of a reply; an error is thrown on, to be answered as it is. */
export function dataOf<Data>(reply: Reply): Data {
  if (!reply.ok) throw new ReplyFailure(reply.error);
  return reply.data as Data;
}

/** Carries an operation's error answer through a route that shapes its success in its own way. */
export class ReplyFailure extends Error {
  override readonly name = 'ReplyFailure';
  readonly error: ReplyError;

  constructor(error: ReplyError) {
    super(error.code);
    this.error = error;
  }
}
