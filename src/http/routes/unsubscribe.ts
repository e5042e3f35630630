import { Hono } from 'hono';
import { html } from 'hono/html';
import { metaOf, type HttpContext, type HttpEnv, type HttpParts } from '../parts.ts';

/** A page may post to where it came from, and nothing else. */
const policy = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/**
 * One-click unsubscription (RFC 8058): mail programs post to the address of the header, people see a button. Reading
 * the page changes nothing, because scanners of mail follow every link.
 */
export function unsubscribeRoutes({ execute }: HttpParts): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  routes.get('/', (c) =>
    page(c, {
      status: 200,
      text: 'Stop these e-mails?',
      // Without an action, a form posts to the address of its page.
      more: html`<form method="post"><button>Stop them</button></form>`,
    }),
  );
  routes.post('/', async (c) => {
    const actor = { kind: 'guest', ip: c.env.ip } as const;
    // What else the request brings, cookies and body, means nothing: the token says it all.
    const reply = await execute('preferences.unsubscribe', { token: c.req.query('token') }, { actor, meta: metaOf(c) });
    if (reply.ok) return page(c, { status: 200, text: 'Done. The app still tells you, and you can turn it on there.' });
    if (reply.error.retry !== 'never')
      return page(c, { status: 503, text: 'This did not work. Try again in a minute.' });
    return page(c, { status: 400, text: 'This link is not complete. Use it as it is in the mail.' });
  });
  return routes;
}

function page(
  c: HttpContext,
  { status, text, more = '' }: { status: 200 | 400 | 503; text: string; more?: unknown },
): Response | Promise<Response> {
  c.header('Content-Security-Policy', policy);
  c.header('X-Robots-Tag', 'noindex');
  const body = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>E-mails</title>
      </head>
      <body>
        <p>${text}</p>
        ${more}
      </body>
    </html>`;
  return c.html(body, status);
}
