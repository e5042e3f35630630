import { bodyLimit } from 'hono/body-limit';
import type { MiddlewareHandler } from 'hono';
import { CommandError, limits } from '../domain/kernel/index.ts';
import type { HttpContext, HttpEnv } from './parts.ts';

/** Refuses bodies over the limit, by their announced length or while they are read. */
export const boundedBody: MiddlewareHandler<HttpEnv> = bodyLimit({
  maxSize: limits.httpBodyBytes,
  onError() {
    throw new CommandError('frame.too_large');
  },
});

/** The body as a JSON object; no body at all counts as an empty one. */
export async function jsonBody(c: HttpContext): Promise<Record<string, unknown>> {
  const text = await c.req.text();
  if (text === '') return {};
  const type = c.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  // Other types can be sent by any site without asking the browser for leave first.
  if (type !== 'application/json') throw malformed('content-type', 'expected application/json');
  const body = parse(text);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw malformed('', 'expected a JSON object');
  return body as Record<string, unknown>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('', 'not JSON');
  }
}

function malformed(path: string, message: string): CommandError {
  return new CommandError('frame.malformed', { issues: [{ path, message }] });
}
