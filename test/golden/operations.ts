import type { Operation } from '../../src/domain/kernel/index.ts';
import { errors, events, roomKinds, signals } from '../../src/domain/registry.ts';
import { fieldsOf, typeOf, type Field } from '../../src/http/pages/schema-table.ts';
import { callsPerMinute, publicAreas, universalCodes, whoMayCall } from '../../src/http/specs/operations.ts';
import { createSchemaBook, type JsonSchema, type SchemaBook } from '../../src/http/specs/schemas.ts';

const head = `# Operations and events

Generated from the registry by \`npm run golden\`. How they travel is in [PROTOCOL.md](PROTOCOL.md); the JSON Schemas are
in [openapi.json](openapi.json) and [asyncapi.json](asyncapi.json), and a running server shows all of it at \`/docs\`.
Fields with \`?\` may be left out. Fields inside others are written \`outer.inner\`, those of items \`list[].field\`.
`;

/** Everything on the wire as one text for people who write clients. */
export function renderOperations(): string {
  const book = createSchemaBook('draft-2020-12');
  const operations = publicAreas().flatMap(({ name, operations: own }) => [
    `## ${name}\n`,
    ...own.map((operation) => operationSection(operation, book)),
  ]);
  return [
    head,
    ...operations,
    eventsSection(book),
    roomsSection(book),
    signalsSection(book),
    viewsSection(book),
    errorsSection(),
  ].join('\n');
}

function operationSection(operation: Operation, book: SchemaBook): string {
  const { name, kind, summary, input, output, errors: codes } = operation;
  const who = whoMayCall(operation).replace(/\.$/, '').toLowerCase();
  const emits = operation.kind === 'command' ? operation.emits.map(({ type }) => `\`${type}\``) : [];
  return [
    `### ${name}\n`,
    `${summary} *(${kind}; ${who}; ${callsPerMinute(operation)} a minute)*\n`,
    `- input: ${shapeOf(book.input(input))}`,
    `- answer: ${shapeOf(book.output(output))}`,
    ...(codes.length > 0 ? [`- errors: ${codes.map((code) => `\`${code}\``).join(', ')}`] : []),
    ...(emits.length > 0 ? [`- pushes: ${emits.join(', ')}`] : []),
    '',
  ].join('\n');
}

function eventsSection(book: SchemaBook): string {
  const lines = [...events.values()].map(({ type, entity, view, change }) => {
    const told = shapeOf(book.output(change));
    const block = told === 'nothing' ? '' : `; change ${told}`;
    return `- \`${type}\`: entity \`${entity}\`, view ${shapeOf(book.output(view))}${block}`;
  });
  return `## Inbox events\n\n${lines.join('\n')}\n`;
}

function roomsSection(book: SchemaBook): string {
  const rooms = [...roomKinds.values()].map(({ kind, summary, events: kinds }) => {
    const lines = kinds.map(({ type, data }) => `- \`${type}\`: ${shapeOf(book.output(data))}`);
    return `### ${kind}:&lt;id&gt;\n\n${summary}\n\n${lines.join('\n')}\n`;
  });
  return `## Public rooms\n\n${rooms.join('\n')}`;
}

function signalsSection(book: SchemaBook): string {
  const lines = [...signals.values()].map(({ type, data }) => `- \`${type}\`: ${shapeOf(book.output(data))}`);
  return `## Signals\n\n${lines.join('\n')}\n`;
}

function viewsSection({ shared }: SchemaBook): string {
  const views = Object.entries(shared).map(([name, schema]) => {
    const lines = fieldsOf(schema).map((field) => `- ${fieldText(field)}${field.note === '' ? '' : `; ${field.note}`}`);
    return `### ${name}\n\n${lines.join('\n')}\n`;
  });
  return `## Views\n\n${views.join('\n')}`;
}

function errorsSection(): string {
  const rows = Object.entries(errors).map(
    ([code, { http, retry, text }]) => `| \`${code}\` | ${http} | ${retry} | ${text} |`,
  );
  const universal = universalCodes.map((code) => `\`${code}\``).join(', ');
  return [
    '## Errors\n',
    `Every operation may answer, beside its own: ${universal}.\n`,
    '| Code | HTTP | Retry | Meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function shapeOf(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return typeOf(schema);
  const variants = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  if (variants && !variants.some(({ type }) => type === 'null')) return variants.map(shapeOf).join(' — or — ');
  const fields = fieldsOf(schema).map(fieldText);
  return fields.length === 0 ? 'nothing' : fields.join(', ');
}

function fieldText({ path, type, required }: Field): string {
  return `\`${path}${required ? '' : '?'}\` ${type}`;
}
