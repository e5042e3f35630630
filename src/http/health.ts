import { Hono } from 'hono';
import type { HttpEnv, Readiness } from './parts.ts';

/** `/healthz`: the process answers. `/readyz`: it may get traffic now. */
export function healthRoutes(ready: () => Promise<Readiness>): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  routes.get('/healthz', (c) => c.json({ status: 'ok' }));
  routes.get('/readyz', async (c) => {
    const readiness = await ready();
    return c.json(readiness, readiness.ready ? 200 : 503);
  });
  return routes;
}
