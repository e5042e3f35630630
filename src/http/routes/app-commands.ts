import { Hono } from 'hono';
import { boundedBody, jsonBody } from '../body.ts';
import { callForApp } from '../call.ts';
import { actorOf } from '../credentials.ts';
import { fromSnake, toSnake } from '../naming.ts';
import type { HttpEnv, HttpParts } from '../parts.ts';

interface AppRoute {
  readonly path: string;
  readonly command: string;
}

/** Commands for people who are signed in, at the addresses and with the field names of the mobile apps. */
export const appCommands: readonly AppRoute[] = [
  { path: '/devices', command: 'devices.register' },
  { path: '/contacts/match', command: 'contacts.match' },
];

export function appCommandRoutes(parts: HttpParts): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  for (const { path, command: name } of appCommands) {
    routes.post(path, boundedBody, async (c) => {
      const input = fromSnake(await jsonBody(c));
      const actor = await actorOf(c, parts);
      return c.json(toSnake(await callForApp(c, parts, { name, input, actor })) as object);
    });
  }
  return routes;
}
