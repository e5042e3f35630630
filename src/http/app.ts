import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import { CommandError, isUnavailable, unavailable } from '../domain/kernel/index.ts';
import { answer, refuse, ReplyFailure } from './answer.ts';
import { httpErrors } from './errors.ts';
import { healthRoutes } from './health.ts';
import type { HttpEnv, HttpParts } from './parts.ts';
import { appCommandRoutes } from './routes/app-commands.ts';
import { authRoutes } from './routes/auth.ts';
import { commandRoutes } from './routes/commands.ts';
import { fileRoutes } from './routes/files.ts';
import { imageRoutes } from './routes/images.ts';
import { pageRoutes } from './routes/pages.ts';
import { syncRoutes } from './routes/sync.ts';
import { unsubscribeRoutes } from './routes/unsubscribe.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { wellKnownRoutes } from './routes/well-known.ts';

export interface Http {
  /** Answers one request; `ip` is the peer's address as the engine or a trusted proxy tells it. Never throws. */
  fetch(request: Request, info: { ip: string }): Promise<Response>;
}

/** What a page may be allowed by a browser, and ours need none of. */
const powers = ['camera', 'microphone', 'geolocation', 'payment', 'usb', 'publickeyCredentialsGet'] as const;

/** The HTTP surface as one function, served by whichever engine carries the sockets. */
export function createHttp(given: HttpParts): Http {
  const parts: HttpParts = { ...given, errors: { ...given.errors, ...httpErrors } };
  const app = new Hono<HttpEnv>();
  guard(app, parts);
  app.route('/', healthRoutes(parts.ready));
  app.route('/', pageRoutes(parts.settings));
  app.route('/.well-known', wellKnownRoutes(parts.keySet));
  app.route('/v1/commands', commandRoutes(parts));
  app.route('/v1/auth', authRoutes(parts));
  app.route('/v1/webhooks', webhookRoutes(parts));
  app.route('/v1/images', imageRoutes(parts));
  app.route('/v1', appCommandRoutes(parts));
  app.route('/v1/sync', syncRoutes(parts));
  app.route('/v1/unsubscribe', unsubscribeRoutes(parts));
  if (parts.diskFiles) app.route('/v1', fileRoutes(parts, parts.diskFiles));
  return { fetch: async (request, info) => app.fetch(request, info) };
}

/** What holds for every route: request ids, security headers, CORS, and errors shaped as the ack. */
function guard(app: Hono<HttpEnv>, parts: HttpParts): void {
  const { settings, errors, log } = parts;
  const anyOrigin = settings.corsOrigins.includes('*');
  app.use(requestId({ limitLength: 64 }));
  app.use(
    secureHeaders({
      // Pages override what they need; everything else is data and loads nothing.
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
      xFrameOptions: 'DENY',
      permissionsPolicy: Object.fromEntries(powers.map((power) => [power, false])),
      strictTransportSecurity: settings.publicUrl.startsWith('https:') ? 'max-age=31536000; includeSubDomains' : false,
      overwrite: false,
    }),
  );
  app.use(
    cors({
      // Any origin at all is only ever let in without cookies.
      origin: anyOrigin ? '*' : [...settings.corsOrigins],
      credentials: !anyOrigin,
      allowMethods: ['GET', 'HEAD', 'POST', 'PUT'],
      allowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'X-Request-Id'],
      exposeHeaders: ['Retry-After', 'X-Request-Id'],
      maxAge: 600,
    }),
  );
  app.use('/v1/*', async (c, next) => {
    await next();
    if (!c.res.headers.has('cache-control')) c.header('Cache-Control', 'no-store');
  });
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed(c, methods) {
        c.header('Allow', methods.join(', '));
        return refuse(c as never, errors, new CommandError('route.method_not_allowed'));
      },
    }),
  );
  app.notFound((c) => refuse(c, errors, new CommandError('route.not_found')));
  app.onError((error, c) => {
    if (error instanceof ReplyFailure) return answer(c, errors, { ok: false, error: error.error });
    if (error instanceof CommandError) return refuse(c, errors, error);
    // The session could not be looked up; an outage is logged by those who watch for it.
    if (isUnavailable(error)) return refuse(c, errors, unavailable());
    log.error({ err: error, requestId: c.var.requestId, path: c.req.path }, 'an HTTP request failed');
    return refuse(c, errors, new CommandError('internal'));
  });
}
