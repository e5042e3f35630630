import { Hono } from 'hono';
import type { Http } from './app.ts';
import { healthRoutes } from './health.ts';
import type { Metrics } from './metrics.ts';
import type { HttpEnv, Readiness } from './parts.ts';

/** The operators' surface, on a port of its own that the internet does not reach: metrics and health. */
export function createOps({ metrics, ready }: { metrics: Metrics; ready: () => Promise<Readiness> }): Http {
  const app = new Hono<HttpEnv>();
  app.route('/', healthRoutes(ready));
  app.get('/metrics', async (c) => {
    const { contentType, text } = await metrics.render();
    return c.body(text, 200, { 'Content-Type': contentType });
  });
  return { fetch: async (request, info) => app.fetch(request, info) };
}
