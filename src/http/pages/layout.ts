import { html, raw } from 'hono/html';

type Html = ReturnType<typeof html>;

const logo = raw(`<svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"
 fill="none" stroke="currentColor" stroke-width="2.4" stroke-linejoin="round"><path d="M4 13 7 5h18l3 8"/>
<path d="M4 13c0 2.4 1.8 4 4 4s4-1.6 4-4c0 2.4 1.8 4 4 4s4-1.6 4-4c0 2.4 1.8 4 4 4s4-1.6 4-4"/><path d="M7 19v8h18v-8"/>
<path d="M13 23h.01M19 23h.01" stroke-linecap="round"/></svg>`);

/** A whole page. Styles and scripts come from our own files, so that the content policy can forbid all others. */
export function layout({ title, body, side }: { title: string; body: Html; side?: Html }): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="stylesheet" href="/docs/page.css" />
        <script type="module" src="/docs/page.js"></script>
      </head>
      <body class="${side ? 'with-side' : 'plain'}">
        <header>
          <a class="brand" href="/">${logo}<span>Soko</span></a>
          <nav>
            <a href="/docs">Reference</a> <a href="/openapi.json">OpenAPI</a><a href="/asyncapi.json">AsyncAPI</a>
          </nav>
        </header>
        ${side ?? ''}
        <main>${body}</main>
      </body>
    </html>`;
}

/** Code with a button that copies it. */
export function snippet(label: string, code: string): Html {
  return html`<figure class="snippet">
    <figcaption>${label}<button type="button" data-copy>Copy</button></figcaption>
    <pre><code>${code}</code></pre>
  </figure>`;
}
