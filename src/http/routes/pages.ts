import { readFile } from 'node:fs/promises';
import { Hono } from 'hono';
import type { Context } from 'hono';
import { docsPage } from '../pages/docs.ts';
import { landingPage } from '../pages/landing.ts';
import { specs } from '../specs/index.ts';
import type { HttpEnv, HttpSettings } from '../parts.ts';

const pagePolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Pages and documents for people and tools. Each is made once, when it is first asked for. */
export function pageRoutes({ publicUrl }: HttpSettings): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  const page = (path: string, make: () => unknown) =>
    routes.get(
      path,
      once('text/html; charset=utf-8', async () => String(await make())),
    );
  page('/', () => landingPage(publicUrl));
  page('/docs', () => docsPage(publicUrl));
  routes.get(
    '/docs/page.css',
    once('text/css; charset=utf-8', () => asset('page.css')),
  );
  routes.get(
    '/docs/page.js',
    once('text/javascript; charset=utf-8', () => asset('page.js')),
  );
  routes.get('/openapi.json', once('application/json', specs.openapi));
  routes.get('/asyncapi.json', once('application/json', specs.asyncapi));
  return routes;
}

function once(contentType: string, make: () => string | Promise<string>) {
  let made: Promise<string> | undefined;
  return async (c: Context<HttpEnv>) => {
    made ??= Promise.resolve(make());
    c.header('Content-Type', contentType);
    c.header('Cache-Control', 'public, max-age=60');
    c.header('Content-Security-Policy', pagePolicy);
    return c.body(await made);
  };
}

function asset(name: string): Promise<string> {
  return readFile(new URL(`../pages/${name}`, import.meta.url), 'utf8');
}
