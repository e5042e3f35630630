import { Hono } from 'hono';
import { boundedBody, jsonBody } from '../body.ts';
import { callForApp } from '../call.ts';
import { actorOf } from '../credentials.ts';
import { fromSnake, toSnake } from '../naming.ts';
import type { HttpEnv, HttpParts } from '../parts.ts';

/** Uploads with the field names of the mobile apps: presign, PUT the bytes, confirm. */
export function imageRoutes(parts: HttpParts): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  routes.use(boundedBody);
  routes.post('/presign', async (c) => {
    const input = fromSnake(await jsonBody(c), { scope: 'purpose' });
    const actor = await actorOf(c, parts);
    return c.json(toSnake(await callForApp(c, parts, { name: 'uploads.presign', input, actor })) as object);
  });
  routes.post('/confirm', async (c) => {
    // The apps repeat what they said at presign; the upload knows it.
    const { purpose: _, listingId: __, ...input } = fromSnake(await jsonBody(c), { scope: 'purpose' });
    const actor = await actorOf(c, parts);
    return c.json(toSnake(await callForApp(c, parts, { name: 'uploads.confirm', input, actor })) as object);
  });
  return routes;
}
