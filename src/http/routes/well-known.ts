import { Hono } from 'hono';
import type { HttpEnv } from '../parts.ts';

/** For other services that check our access tokens. A new key is shown before it signs, so five minutes are no harm. */
export function wellKnownRoutes(keySet: object): Hono<HttpEnv> {
  const text = JSON.stringify(keySet);
  return new Hono<HttpEnv>().get('/jwks.json', (c) => {
    c.header('Content-Type', 'application/jwk-set+json');
    c.header('Cache-Control', 'public, max-age=300');
    return c.body(text);
  });
}
