import { limits, type Operation } from '../../domain/kernel/index.ts';
import { errors as domainErrors } from '../../domain/registry.ts';
import { httpErrors } from '../errors.ts';
import {
  callsPerMinute,
  errorsByStatus,
  protocolVersion,
  publicAreas,
  universalCodes,
  whoMayCall,
} from './operations.ts';
import { appRoutes } from './routes.ts';
import { createSchemaBook, type JsonSchema, type SchemaBook } from './schemas.ts';

const errors = { ...domainErrors, ...httpErrors };

/** The HTTP surface as OpenAPI 3.1: every operation of the registry at `/v1/commands/<name>`, and the routes beside. */
export function openApi(): JsonSchema {
  const book = createSchemaBook('draft-2020-12');
  const areas = publicAreas();
  const operations = areas.flatMap((area) => area.operations.map((operation) => ({ area: area.name, operation })));
  const commands = operations.map(({ area, operation }) => [
    `/v1/commands/${operation.name}`,
    { post: describe(operation, { area, book }) },
  ]);
  const { paths, tags } = appRoutes(book);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Soko',
      version: `${protocolVersion}.0.0`,
      license: { name: 'MIT', identifier: 'MIT' },
      description:
        'Commands and queries over HTTP. The same operations, and the events that follow them, live on the socket: ' +
        'see /asyncapi.json and /docs.',
    },
    servers: [{ url: '/' }],
    tags: [...tags, ...areas.map(({ name }) => ({ name }))],
    paths: { ...paths, ...Object.fromEntries(commands) },
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'access_token' },
      },
      parameters: { idempotencyKey },
      responses: Object.fromEntries(
        [...errorsByStatus(universalCodes, errors)].map(([status, codes]) => [`Error${status}`, errorResponse(codes)]),
      ),
      schemas: { ErrorReply: errorReply, ...sorted(book.shared) },
    },
  };
}

function describe(operation: Operation, { area, book }: { area: string; book: SchemaBook }): JsonSchema {
  const { name, kind, access, summary, input, output } = operation;
  const data = book.output(output);
  const ok = { type: 'object', required: ['ok', 'data'], properties: { ok: { const: true }, data } };
  return {
    operationId: name,
    tags: [area],
    summary,
    description: `${whoMayCall(operation)} At most ${callsPerMinute(operation)} calls a minute.`,
    security: [...(access === 'guest' ? [{}] : []), { bearer: [] }, { cookie: [] }],
    ...(kind === 'command' ? { parameters: [{ $ref: '#/components/parameters/idempotencyKey' }] } : {}),
    requestBody: { required: true, content: { 'application/json': { schema: book.input(input) } } },
    responses: {
      200: { description: 'Done.', content: { 'application/json': { schema: ok } } },
      ...failures(operation),
    },
  };
}

function failures(operation: Operation): JsonSchema {
  const declared = errorsByStatus(operation.errors, errors);
  const universal = errorsByStatus(universalCodes, errors);
  const statuses = [...new Set([...declared.keys(), ...universal.keys()])].toSorted((left, right) => left - right);
  return Object.fromEntries(
    statuses.map((status) => {
      const own = declared.get(status);
      if (!own) return [status, { $ref: `#/components/responses/Error${status}` }];
      return [status, errorResponse([...new Set([...own, ...(universal.get(status) ?? [])])])];
    }),
  );
}

function errorResponse(codes: readonly string[]): JsonSchema {
  const told = codes.map((code) => `- \`${code}\`: ${errors[code as keyof typeof errors]?.text}`);
  return {
    description: told.join('\n'),
    content: { 'application/json': { schema: { $ref: '#/components/schemas/ErrorReply' } } },
  };
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  schema: { type: 'string', minLength: 1, maxLength: 64 },
  description: `Repeated with its key within ${limits.idempotencyKeptHours} hours, a command answers as it first did.`,
};

export const errorReply: JsonSchema = {
  type: 'object',
  required: ['ok', 'error'],
  properties: {
    ok: { const: false },
    error: {
      type: 'object',
      required: ['code', 'message', 'retry', 'requestId'],
      properties: {
        code: { type: 'string' },
        message: { type: 'string' },
        retry: { enum: ['never', 'later', 'refetch'] },
        retryAfterMs: { type: 'integer' },
        issues: {
          type: 'array',
          items: {
            type: 'object',
            required: ['path', 'message'],
            properties: { path: { type: 'string' }, message: { type: 'string' } },
          },
        },
        requestId: { type: 'string' },
      },
    },
  },
};

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
