import { html } from 'hono/html';
import { universalErrors, type ErrorTable, type Operation } from '../../domain/kernel/index.ts';
import { callsPerMinute, whoMayCall } from '../specs/operations.ts';
import type { SchemaBook } from '../specs/schemas.ts';
import { snippet } from './layout.ts';
import { exampleOf, schemaTable } from './schema-table.ts';

type Html = ReturnType<typeof html>;

/** One command or query: who, what goes in, what comes out, what can fail, and how to try it here and now. */
export function operationSection(
  operation: Operation,
  { book, errors }: { book: SchemaBook; errors: ErrorTable },
): Html {
  const { name, kind, access, summary, input, output } = operation;
  const schema = book.input(input);
  const example = JSON.stringify(exampleOf(schema), null, 2);
  const emits = operation.kind === 'command' ? operation.emits : [];
  return html`<details class="entry" id="${name}" data-find="${name} ${kind} ${access} ${summary}">
    <summary>
      <code>${name}</code><span class="pill ${kind}">${kind}</span><span class="pill">${access}</span>
      <span class="about">${summary}</span>
    </summary>
    <div class="inside">
      <p>
        ${whoMayCall(operation)} At most ${callsPerMinute(operation)} calls a
        minute.${kind === 'command' ? html` May carry an <code>idempotencyKey</code>.` : ''}
      </p>
      <h4>Input</h4>
      ${schemaTable(schema, 'An empty object.')}
      <h4>Answer</h4>
      ${schemaTable(book.output(output), 'An empty object.')}
      ${
        operation.errors.length > 0
          ? html`<h4>Errors</h4>
              ${errorTable(operation.errors, errors)}`
          : ''
      }
      ${
        emits.length > 0
          ? html`<h4>Pushes</h4>
              <p>${emits.map(eventLink)}</p>`
          : ''
      }
      <h4>Try it</h4>
      ${snippet('Socket', `const answer = await socket.emitWithAck('${name}', ${example});`)}
      <form class="try" data-operation="${name}">
        <label
          >Input
          <textarea name="input" rows="${example.split('\n').length + 1}" spellcheck="false">${example}</textarea>
        </label>
        <button type="submit">Send over HTTP</button> <output></output>
      </form>
    </div>
  </details>`;
}

function eventLink({ type }: { type: string }): Html {
  return html`<a href="#event-${type}"><code>${type}</code></a> `;
}

export function errorTable(codes: readonly string[], errors: ErrorTable): Html {
  const rows = codes.map((code) => {
    const { http, retry, text } = errors[code] ?? universalErrors.internal;
    return html`<tr data-find="${code} ${text}">
      <td><code>${code}</code></td>
      <td>${http}</td>
      <td>${retry}</td>
      <td>${text}</td>
    </tr>`;
  });
  return html`<table>
    <thead>
      <tr>
        <th>Code</th>
        <th>HTTP</th>
        <th>Retry</th>
        <th>Meaning</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}
