import { Hono } from 'hono';
import { boundedBody, jsonBody } from '../body.ts';
import { callForApp } from '../call.ts';
import { actorOf } from '../credentials.ts';
import { fromSnake, toSnake } from '../naming.ts';
import type { HttpEnv, HttpParts } from '../parts.ts';

/** Devices as the mobile apps register them. */
export function deviceRoutes(parts: HttpParts): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  routes.use(boundedBody);
  return routes.post('/', async (c) => {
    const input = fromSnake(await jsonBody(c));
    const actor = await actorOf(c, parts);
    return c.json(toSnake(await callForApp(c, parts, { name: 'devices.register', input, actor })) as object);
  });
}
