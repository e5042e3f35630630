import { html } from 'hono/html';
import { areas, events } from '../../domain/registry.ts';
import { publicAreas } from '../specs/operations.ts';
import { layout, snippet } from './layout.ts';

/** What someone sees who opens the server's address in a browser. */
export function landingPage(publicUrl: string): ReturnType<typeof html> {
  const operations = publicAreas().flatMap((area) => area.operations).length;
  return layout({
    title: 'Soko, a socket-first marketplace',
    body: html`<section class="hero">
        <h1>A marketplace on one socket</h1>
        <p class="lead">
          Chat, offers, orders, payments and live streams are commands sent over one authenticated connection, and
          events pushed back over it. Any Socket.IO v4 client speaks it; the same commands answer over HTTP.
        </p>
        <p class="actions">
          <a class="button" href="/docs">Read the reference</a> <a href="/openapi.json">openapi.json</a>
          <a href="/asyncapi.json">asyncapi.json</a>
        </p>
        <ul class="facts">
          <li><b>${operations}</b> operations</li>
          <li><b>${events.size}</b> kinds of events</li>
          <li><b>${areas.length}</b> areas</li>
        </ul>
      </section>
      ${snippet('Connect', connectExample(publicUrl))}
      ${snippet(
        'Or ask over HTTP',
        `curl ${publicUrl}/v1/commands/listings.search \\
  -H 'Content-Type: application/json' -d '{}'`,
      )}`,
  });
}

export function connectExample(publicUrl: string): string {
  return `import { io } from "socket.io-client";

const socket = io('${publicUrl}', { transports: ['websocket'] });
socket.on('ready', ({ inbox }) => console.log('connected', inbox));
socket.on('inbox', ({ events }) => {
  for (const { seq, type, data } of events) console.log(seq, type, data);
});

const { data } = await socket.emitWithAck('accounts.register', {
  email: 'asha@example.com', password: 'correct horse', fullName: 'Asha',
});
socket.auth = { token: data.tokens.accessToken };
socket.disconnect().connect(); // from here on as Asha`;
}
