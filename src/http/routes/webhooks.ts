import { isUtf8 } from 'node:buffer';
import { Hono } from 'hono';
import { CommandError } from '../../domain/kernel/index.ts';
import { answer, refuse } from '../answer.ts';
import { boundedBody } from '../body.ts';
import { metaOf, type HttpEnv, type HttpParts } from '../parts.ts';

/**
 * Messages of payment providers. The command gets the body byte for byte, because signatures cover bytes; it verifies,
 * stores a row and answers. What the message means is worked out later, from that row.
 */
export function webhookRoutes(parts: HttpParts): Hono<HttpEnv> {
  return new Hono<HttpEnv>().post('/:provider', boundedBody, async (c) => {
    const provider = c.req.param('provider');
    const bytes = Buffer.from(await c.req.arrayBuffer());
    if (!isUtf8(bytes)) return refuse(c, parts.errors, new CommandError('frame.malformed'));
    // Header names arrive in lower case from both engines.
    const input = { provider, rawBody: bytes.toString('utf8'), headers: Object.fromEntries(c.req.raw.headers) };
    const actor = { kind: 'system', cause: `webhook:${provider}` } as const;
    const reply = await parts.execute('payments.receiveWebhook', input, { actor, meta: metaOf(c) });
    return reply.ok ? c.json({}) : answer(c, parts.errors, reply);
  });
}
