import { Hono } from 'hono';
import { CommandError } from '../../domain/kernel/index.ts';
import { refuse } from '../answer.ts';
import type { DiskFiles, HttpEnv, HttpParts } from '../parts.ts';

/** Uploads and downloads of the disk store, where no object store takes them. Bodies are streamed both ways. */
export function fileRoutes({ errors }: HttpParts, disk: DiskFiles): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  routes.put('/uploads/:key{.+}', async (c) => {
    const contentType = c.req.header('content-type') ?? '';
    const query = new URL(c.req.url).searchParams;
    const { status } = await disk.acceptPut({ key: c.req.param('key'), query, contentType, body: c.req.raw.body });
    return status === 200 ? c.body(null) : refuse(c, errors, new CommandError(failures[status] ?? 'internal'));
  });
  routes.get('/files/:key{.+}', async (c) => {
    const key = c.req.param('key');
    const query = new URL(c.req.url).searchParams;
    const file = await disk.openFile({ key, query });
    if (file.status !== 200) return refuse(c, errors, new CommandError(failures[file.status] ?? 'internal'));
    c.header('Content-Type', file.contentType);
    c.header('Content-Length', String(file.sizeBytes));
    // A key is never written twice with other bytes. What needs a signature must not outlive it in a shared cache.
    c.header('Cache-Control', query.has('signature') ? 'private, no-store' : 'public, max-age=31536000, immutable');
    // Opened by itself it is a download without scripts, whatever the browser takes it for.
    c.header('Content-Security-Policy', "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'");
    if (!key.startsWith('public/')) c.header('Content-Disposition', `attachment; filename="${key.split('/').at(-1)}"`);
    // Shops on other origins show these pictures.
    c.header('Cross-Origin-Resource-Policy', 'cross-origin');
    if (c.req.method !== 'HEAD') return c.body(file.stream);
    // Nobody would read the stream, and the open file would stay with it.
    await file.stream.cancel();
    return c.body(null);
  });
  return routes;
}

const failures: Readonly<Record<number, string>> = {
  400: 'frame.malformed',
  403: 'route.signature_invalid',
  404: 'route.not_found',
  413: 'frame.too_large',
};
