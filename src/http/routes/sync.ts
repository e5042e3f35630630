import { Hono } from 'hono';
import { callForApp } from '../call.ts';
import { actorOf } from '../credentials.ts';
import type { HttpEnv, HttpParts } from '../parts.ts';

interface Delta {
  readonly epoch: string;
  readonly seq: number;
  readonly snapshotRequired: boolean;
}

/** What changed since a cursor, for apps that wake up for a moment. Go on with `cursor` while `more`. */
export function syncRoutes(parts: HttpParts): Hono<HttpEnv> {
  return new Hono<HttpEnv>().get('/delta', async (c) => {
    const actor = await actorOf(c, parts);
    const input = readCursor(c.req.query('since'));
    const { snapshotRequired, ...delta } = await callForApp<Delta>(c, parts, { name: 'sync.delta', input, actor });
    return c.json({ ...delta, cursor: `${delta.epoch}:${delta.seq}`, snapshot_required: snapshotRequired });
  });
}

/** No cursor, or one that is not ours, is of an unknown epoch: the answer asks for a snapshot. */
function readCursor(since = ''): { epoch: string; after: number } {
  const [, epoch = '', seq = '0'] = /^([^:]{1,64}):(\d{1,15})$/.exec(since) ?? [];
  return { epoch, after: Number(seq) };
}
