import { Hono } from 'hono';
import { boundedBody, jsonBody } from '../body.ts';
import { callForApp } from '../call.ts';
import { actorOf } from '../credentials.ts';
import { fromSnake, toSnake } from '../naming.ts';
import type { HttpEnv, HttpParts } from '../parts.ts';

/** Uploads as the mobile apps make them: presign, PUT the bytes, confirm, which also adds the image to its listing. */
export function imageRoutes(parts: HttpParts): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  routes.use(boundedBody);
  routes.post('/presign', async (c) => {
    const input = fromSnake(await jsonBody(c), { scope: 'purpose' });
    const actor = await actorOf(c, parts);
    return c.json(toSnake(await callForApp(c, parts, { name: 'uploads.presign', input, actor })) as object);
  });
  routes.post('/confirm', async (c) => {
    const { purpose: _, listingId, ...input } = fromSnake(await jsonBody(c), { scope: 'purpose' });
    const actor = await actorOf(c, parts);
    const upload = await callForApp<{ id: string }>(c, parts, { name: 'uploads.confirm', input, actor });
    if (listingId !== undefined) {
      const images = { listingId, imageIds: [upload.id] };
      await callForApp(c, parts, { name: 'listings.addImages', input: images, actor });
    }
    return c.json(toSnake(upload) as object);
  });
  return routes;
}
