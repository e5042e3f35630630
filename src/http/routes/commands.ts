import { Hono } from 'hono';
import { answer } from '../answer.ts';
import { boundedBody, jsonBody } from '../body.ts';
import { actorOf } from '../credentials.ts';
import { metaOf, type HttpEnv, type HttpParts } from '../parts.ts';

/** Every command and query, for clients that have no socket now. */
export function commandRoutes(parts: HttpParts): Hono<HttpEnv> {
  return new Hono<HttpEnv>().post('/:name', boundedBody, async (c) => {
    const name = c.req.param('name');
    const operation = parts.operations.get(name);
    const body = await jsonBody(c);
    const key = c.req.header('idempotency-key');
    const input = key !== undefined && operation?.kind === 'command' ? { idempotencyKey: key, ...body } : body;
    const actor = await actorOf(c, parts, { guestMayCall: operation?.access === 'guest' });
    return answer(c, parts.errors, await parts.execute(name, input, { actor, meta: metaOf(c) }));
  });
}
