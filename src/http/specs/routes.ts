import { limits, type Operation } from '../../domain/kernel/index.ts';
import { operations } from '../../domain/registry.ts';
import { snakeName } from '../naming.ts';
import { appCommands } from '../routes/app-commands.ts';
import { authCommands } from '../routes/auth.ts';
import type { JsonSchema, SchemaBook } from './schemas.ts';

const signedInOnly = [{ bearer: [] }, { cookie: [] }];
const anyone: JsonSchema[] = [{}];

/** The routes beside `/v1/commands`: written by hand, with the schemas of the commands behind them. */
export function appRoutes(book: SchemaBook): { paths: JsonSchema; tags: JsonSchema[] } {
  const paths = { ...authPaths(book), ...imagePaths(book), ...filePaths(), ...otherPaths(book) };
  const tags = [
    { name: 'auth', description: 'Sign-in with tokens in the body and as HTTP-only cookies.' },
    { name: 'files', description: 'Uploads and downloads.' },
    { name: 'sync', description: 'Catching up without a socket.' },
    { name: 'apps', description: 'Commands for people who are signed in, at the addresses of the mobile apps.' },
    { name: 'webhooks', description: 'For payment providers.' },
    { name: 'mail', description: 'What mail programs call.' },
    { name: 'operations', description: 'For load balancers.' },
  ];
  return { paths, tags };
}

function authPaths(book: SchemaBook): JsonSchema {
  const { user, tokens } = properties(book.output(named('accounts.register').output));
  const tokenAnswer = snaked(tokens as JsonSchema);
  const refreshToken = { type: 'object', properties: { refresh_token: { type: 'string' } } };
  const post = (summary: string, more: { body?: JsonSchema; ok: JsonSchema; security?: JsonSchema[] }) => ({
    post: route('auth', { summary, ...more }),
  });
  return {
    ...Object.fromEntries(authCommands.map(({ path, command }) => [`/v1/auth${path}`, guestPath(book, command)])),
    '/v1/auth/refresh': post('Trade a refresh token, of the body or else of the cookie.', {
      body: refreshToken,
      ok: tokenAnswer,
    }),
    '/v1/auth/logout': post('End the session and clear the cookies.', {
      ok: { type: 'object' },
      security: signedInOnly,
    }),
    '/v1/auth/me': {
      get: route('auth', { summary: 'Your own profile.', ok: snaked(resolved(book, user)), security: signedInOnly }),
    },
  };
}

const identifier = {
  type: 'string',
  description: 'E-mail address, username or phone number; also taken as email, username or phone.',
};
/** Bodies that take more names than those of the command. */
const bodies: Readonly<Record<string, JsonSchema>> = {
  'sessions.login': {
    type: 'object',
    required: ['identifier', 'password'],
    properties: { identifier, password: { type: 'string' } },
  },
  'passwords.forgot': { type: 'object', required: ['identifier'], properties: { identifier } },
};

/** A command for guests; tokens that it answers stand at the top of the answer. */
function guestPath(book: SchemaBook, command: string): JsonSchema {
  const { summary, input, output } = named(command);
  const answer = book.output(output);
  const { user, tokens: given, ...rest } = properties(answer);
  const mayBeNull = given?.anyOf as JsonSchema[] | undefined;
  const tokens = mayBeNull ? mayBeNull[0] : given;
  const signedIn = tokens && {
    ...snaked(tokens),
    properties: { ...properties(snaked(tokens)), ...(user ? { user: snaked(resolved(book, user)) } : {}), ...rest },
  };
  const ok = mayBeNull && signedIn ? { anyOf: [signedIn, snaked(answer)] } : (signedIn ?? snaked(answer));
  return { post: route('auth', { summary, body: bodies[command] ?? snaked(book.input(input)), ok }) };
}

/** A command for people who are signed in. */
function appPath(book: SchemaBook, command: string): JsonSchema {
  const { summary, input, output } = named(command);
  const [body, ok] = [snaked(book.input(input)), snaked(book.output(output))];
  return { post: route('apps', { summary, body, ok, security: signedInOnly }) };
}

function imagePaths(book: SchemaBook): JsonSchema {
  const { input, output } = named('uploads.presign');
  const { purpose: scope, ...fields } = properties(book.input(input));
  const presign = snaked({
    type: 'object',
    required: ['filename', 'contentType', 'scope'],
    properties: { scope, ...fields },
  });
  const confirm = {
    type: 'object',
    required: ['object_key'],
    properties: {
      object_key: { type: 'string' },
      scope: { type: 'string' },
      listing_id: { type: 'string' },
      width: { type: 'integer' },
      height: { type: 'integer' },
    },
  };
  const upload = snaked(resolved(book, book.output(named('uploads.confirm').output)));
  const post = (summary: string, more: { body: JsonSchema; ok: JsonSchema }) => ({
    post: route('files', { summary, ...more, security: signedInOnly }),
  });
  return {
    '/v1/images/presign': post('Get an address to PUT one file to.', {
      body: presign,
      ok: snaked(book.output(output)),
    }),
    '/v1/images/confirm': post('Say that the file is uploaded; with listing_id, the image is added to that listing.', {
      body: confirm,
      ok: upload,
    }),
  };
}

function filePaths(): JsonSchema {
  const key = { name: 'key', in: 'path', required: true, schema: { type: 'string' } };
  const bytes = { content: { '*/*': { schema: {} } } };
  return {
    '/v1/uploads/{key}': {
      put: {
        tags: ['files'],
        security: anyone,
        parameters: [key],
        summary:
          'Put the bytes of an upload, where no object store takes them. Use the address of uploads.presign as it is.',
        requestBody: { required: true, ...bytes },
        responses: { 200: { description: 'Stored.' }, 403: error(403), 413: error(413) },
      },
    },
    '/v1/files/{key}': {
      get: {
        tags: ['files'],
        security: anyone,
        parameters: [key],
        summary: 'A stored file.',
        responses: { 200: { description: 'The bytes.', ...bytes }, 403: error(403), 404: error(404) },
      },
    },
  };
}

function otherPaths(book: SchemaBook): JsonSchema {
  const delta = book.output(named('sync.delta').output);
  const answer = {
    ...snaked(delta),
    properties: { ...properties(snaked(delta)), cursor: { type: 'string', description: 'The next `since`.' } },
  };
  const since = {
    name: 'since',
    in: 'query',
    schema: { type: 'string' },
    description: 'The `cursor` of the answer before.',
  };
  const provider = { name: 'provider', in: 'path', required: true, schema: { type: 'string' } };
  return {
    ...Object.fromEntries(appCommands.map(({ path, command }) => [`/v1${path}`, appPath(book, command)])),
    '/v1/sync/delta': {
      get: {
        ...route('sync', { summary: 'What changed since a cursor.', ok: answer, security: signedInOnly }),
        parameters: [since],
      },
    },
    '/v1/webhooks/{provider}': {
      post: {
        tags: ['webhooks'],
        security: anyone,
        parameters: [provider],
        summary: `A signed message of a payment provider, at most ${limits.httpBodyBytes} bytes.`,
        requestBody: { required: true, content: { '*/*': { schema: {} } } },
        responses: {
          200: { description: 'Stored, or known already.' },
          400: error(400),
          401: error(401),
          404: error(404),
          413: error(413),
        },
      },
    },
    '/v1/unsubscribe': unsubscribePath(),
    '/.well-known/jwks.json': {
      get: route('auth', {
        summary: 'The public keys of access tokens (RFC 7517), for services that check them; empty with a secret.',
        ok: { type: 'object', required: ['keys'], properties: { keys: { type: 'array', items: { type: 'object' } } } },
      }),
    },
    '/healthz': { get: route('operations', { summary: 'The process answers.', ok: { type: 'object' } }) },
    '/readyz': {
      get: {
        ...route('operations', { summary: 'Whether this node may get traffic now.', ok: { type: 'object' } }),
        responses: { 200: { description: 'Ready.' }, 503: { description: 'Not ready; the checks say why.' } },
      },
    },
  };
}

function unsubscribePath(): JsonSchema {
  const token = { name: 'token', in: 'query', required: true, schema: { type: 'string' } };
  const page = { content: { 'text/html': { schema: { type: 'string' } } } };
  const of = (summary: string, more: JsonSchema = {}) => ({
    tags: ['mail'],
    security: anyone,
    parameters: [token],
    summary,
    responses: { 200: { description: 'A page.', ...page }, ...more },
  });
  const bad = { 400: { description: 'No token of a mail of ours.', ...page } };
  return {
    get: of('A page with a button; changes nothing.'),
    post: of('Turn e-mail about a topic off, as mail programs do in one click (RFC 8058).', bad),
  };
}

function route(
  tag: string,
  {
    summary,
    body,
    ok,
    security = anyone,
  }: { summary: string; body?: JsonSchema; ok: JsonSchema; security?: JsonSchema[] },
): JsonSchema {
  return {
    tags: [tag],
    summary,
    security,
    ...(body ? { requestBody: { content: { 'application/json': { schema: body } } } } : {}),
    responses: {
      200: { description: 'Done.', content: { 'application/json': { schema: ok } } },
      ...(body ? { 400: error(400) } : {}),
      ...(tag === 'operations' ? {} : { 401: error(401) }),
    },
  };
}

function error(status: number): JsonSchema {
  return { $ref: `#/components/responses/Error${status}` };
}

function named(name: string): Operation {
  const operation = operations.get(name);
  if (!operation) throw new Error(`no operation ${name} for its route`);
  return operation;
}

function properties(schema: JsonSchema): Record<string, JsonSchema> {
  return schema.properties as Record<string, JsonSchema>;
}

function resolved(book: SchemaBook, schema: JsonSchema | undefined): JsonSchema {
  const name = /^#\/components\/schemas\/(.+)$/.exec(String(schema?.$ref))?.[1];
  return (name === undefined ? schema : book.shared[name]) as JsonSchema;
}

/** The same schema with its fields in snake_case. */
function snaked(schema: JsonSchema): JsonSchema {
  if (schema.properties === undefined) return schema;
  const fields = Object.entries(properties(schema)).map(([name, inner]) => [snakeName(name), snaked(inner)]);
  const required = schema.required ? { required: (schema.required as string[]).map(snakeName) } : {};
  return { ...schema, properties: Object.fromEntries(fields), ...required };
}
