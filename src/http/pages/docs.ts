import { html } from 'hono/html';
import { limits, movesOf, type InboxEvent, type Machine, type RoomKind } from '../../domain/kernel/index.ts';
import * as registry from '../../domain/registry.ts';
import { httpErrors } from '../errors.ts';
import { controlFrames } from '../specs/control-frames.ts';
import { publicAreas } from '../specs/operations.ts';
import { createSchemaBook, type SchemaBook } from '../specs/schemas.ts';
import { connectExample } from './landing.ts';
import { layout, snippet } from './layout.ts';
import { errorTable, operationSection } from './operation.ts';
import { schemaTable } from './schema-table.ts';

type Html = ReturnType<typeof html>;

interface Section {
  readonly id: string;
  readonly title: string;
  /** Anchors of the entries inside, for the side bar. */
  readonly entries: readonly { readonly id: string; readonly label: string }[];
  readonly body: Html;
}

/** Everything that the registry declares, on one page that can be searched and tried. */
export function docsPage(publicUrl: string): Html {
  const book = createSchemaBook('draft-2020-12');
  const sections = [
    connectSection(publicUrl),
    ...operationSections(book),
    eventSection(book),
    roomSection(book),
    signalSection(book),
    machineSection(),
    errorSection(),
    limitSection(),
    viewSection(book),
  ];
  return layout({
    title: 'Soko reference',
    side: html`<aside>
      <input
        type="search"
        id="find"
        placeholder="Search (press /)"
        aria-label="Search the reference"
        autocomplete="off"
      />
      <label class="token"
        >Access token for trying <input id="token" type="password" autocomplete="off" placeholder="none: as a guest"
      /></label>
      <nav>${sections.map(sideGroup)}</nav>
    </aside>`,
    body: html`<h1>Reference</h1>
      <p id="nothing" hidden>Nothing matches.</p>
      ${sections.map(
        ({ id, title, body }) =>
          html`<section id="${id}">
            <h2>${title}</h2>
            ${body}
          </section>`,
      )}`,
  });
}

function sideGroup({ id, title, entries }: Section): Html {
  const links = entries.map((inside) => html`<a href="#${inside.id}" data-find="${inside.label}">${inside.label}</a>`);
  return html`<a class="group" href="#${id}">${title}</a>${links}`;
}

function connectSection(publicUrl: string): Section {
  const frames = controlFrames.map(({ event, summary, payload }) =>
    entry({ id: `frame-${event}`, label: event, about: summary }, schemaTable(payload, 'Nothing.')),
  );
  return {
    id: 'connect',
    title: 'Connect',
    entries: [],
    body: html`<p>
        Any Socket.IO v4 client, path <code>/socket.io/</code>, WebSocket transport. Send
        <code>auth: { token, inbox: { epoch, seq } }</code> with the number of the last inbox event that was applied:
        what was missed comes before live events. Keep that number, drop events up to it, and on a gap call
        <code>sync.pull</code>.
      </p>
      ${snippet('JavaScript', connectExample(publicUrl))}
      <p>
        Every answer is <code>{ ok: true, data }</code> or
        <code>{ ok: false, error: { code, message, retry, retryAfterMs?, issues?, requestId } }</code>. The same
        operations answer at <code>POST /v1/commands/&lt;name&gt;</code>, with a Bearer token or the
        <code>access_token</code> cookie.
      </p>
      ${frames}`,
  };
}

function operationSections(book: SchemaBook): Section[] {
  return publicAreas().map(({ name, operations }) => ({
    id: `area-${name}`,
    title: capital(name),
    entries: operations.map((operation) => ({ id: operation.name, label: operation.name })),
    body: html`${operations.map((operation) => operationSection(operation, { book, errors: registry.errors }))}`,
  }));
}

function eventSection(book: SchemaBook): Section {
  const all = [...registry.events.values()];
  const describe = ({ type, entity, view, change }: InboxEvent) =>
    entry(
      { id: `event-${type}`, label: type, about: `Your own view of the ${entity}, in full.` },
      html`<h4>View</h4>
        ${schemaTable(book.output(view), 'Nothing.')}
        <h4>change</h4>
        ${schemaTable(book.output(change), 'Not told.')}`,
    );
  return {
    id: 'events',
    title: 'Inbox events',
    entries: all.map(({ type }) => ({ id: `event-${type}`, label: type })),
    body: html`<p>
        Frames <code>inbox { epoch, events: [{ seq, type, at, data }] }</code>: durable, per person, numbered without a
        gap. <code>data</code> is <code>{ entity, …view, change? }</code>; apply it when its <code>version</code> is
        newer.
      </p>
      ${all.map(describe)}`,
  };
}

function roomSection(book: SchemaBook): Section {
  const all = [...registry.roomKinds.values()];
  const describe = ({ kind, summary, events }: RoomKind) =>
    entry(
      { id: `room-${kind}`, label: `${kind}:<id>`, about: summary },
      html`${events.map(
        ({ type, data }) =>
          html`<h4 id="event-${type}"><code>${type}</code></h4>
            ${schemaTable(book.output(data), 'Nothing.')}`,
      )}`,
    );
  return {
    id: 'rooms',
    title: 'Public rooms',
    entries: all.map(({ kind }) => ({ id: `room-${kind}`, label: `${kind}:<id>` })),
    body: html`<p>
        Enter with <code>rooms.join { room, after? }</code>. Frames
        <code>room { room, epoch, events: [{ seq, type, at, data }] }</code>, numbered, with the last
        ${limits.roomHistoryEvents} events or ${limits.roomHistoryMs / 60_000} minutes kept.
      </p>
      ${all.map(describe)}`,
  };
}

function signalSection(book: SchemaBook): Section {
  const all = [...registry.signals.values()];
  return {
    id: 'signals',
    title: 'Signals',
    entries: [],
    body: html`<p>
        Frames <code>signal { type, room?, data }</code>: the latest value of something fleeting, which may be dropped
        or merged.
      </p>
      ${all.map(({ type, data }) =>
        entry({ id: `signal-${type}`, label: type, about: '' }, schemaTable(book.output(data), 'Nothing.')),
      )}`,
  };
}

function machineSection(): Section {
  const all = [...registry.machines.values()];
  const describe = (machine: Machine) =>
    entry(
      { id: `machine-${machine.name}`, label: machine.name, about: machine.states.join(' · ') },
      html`<table>
        <thead>
          <tr>
            <th>From</th>
            <th>Move</th>
            <th>By</th>
            <th>To</th>
          </tr>
        </thead>
        <tbody>
          ${movesOf(machine).map(
            (move) =>
              html`<tr>
                <td><code>${move.from}</code></td>
                <td>${move.name}</td>
                <td>${move.by}</td>
                <td><code>${move.to}</code></td>
              </tr>`,
          )}
        </tbody>
      </table>`,
    );
  return {
    id: 'machines',
    title: 'Lifecycles',
    entries: all.map(({ name }) => ({ id: `machine-${name}`, label: name })),
    body: html`<p>Views tell <code>allowedActions</code>, so clients need not know these; they are here for people.</p>
      ${all.map(describe)}`,
  };
}

function errorSection(): Section {
  const errors = { ...registry.errors, ...httpErrors };
  return {
    id: 'errors',
    title: 'Errors',
    entries: [],
    body: html`<p>
        <b>never</b>: give up. <b>later</b>: wait and repeat with the same idempotency key. <b>refetch</b>: read the
        entity again first.
      </p>
      ${errorTable(Object.keys(errors), errors)}`,
  };
}

function limitSection(): Section {
  const rows = Object.entries(limits).map(
    ([name, value]) =>
      html`<tr data-find="${name}">
        <td><code>${name}</code></td>
        <td>${value.toLocaleString('en')}</td>
      </tr>`,
  );
  return {
    id: 'limits',
    title: 'Limits',
    entries: [],
    body: html`<table>
      <tbody>
        ${rows}
      </tbody>
    </table>`,
  };
}

/** Comes last: only now has every other section named the views that it needs. */
function viewSection(book: SchemaBook): Section {
  const all = Object.entries(book.shared);
  return {
    id: 'views',
    title: 'Views',
    entries: [],
    body: html`${all.map(([name, schema]) =>
      entry({ id: `view-${name}`, label: name, about: '' }, schemaTable(schema, 'Nothing.')),
    )}`,
  };
}

function entry({ id, label, about }: { id: string; label: string; about: string }, inside: Html): Html {
  return html`<details class="entry" id="${id}" data-find="${label} ${about}">
    <summary><code>${label}</code><span class="about">${about}</span></summary>
    <div class="inside">${inside}</div>
  </details>`;
}

function capital(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
