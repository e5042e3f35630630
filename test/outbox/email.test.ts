import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, expect, test } from 'vitest';
import type { Parcel } from '../../src/domain/outbox/channel.ts';
import { createEmailSender } from '../../src/domain/outbox/index.ts';

interface Mailbox {
  readonly url: string;
  readonly mails: { to: string[]; raw: string }[];
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A mail server on this machine. */
async function startMailbox(options: SMTPServerOptions = {}): Promise<Mailbox> {
  const mails: { to: string[]; raw: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8');
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), raw });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  return { url: `smtp://127.0.0.1:${port}`, mails };
}

function parcel(fields: Partial<Parcel['written']> & { recipient?: string } = {}): Parcel {
  const { recipient = 'amina@example.test', ...written } = fields;
  return {
    id: '0199aaaa-0000-7000-8000-000000000001',
    recipient,
    target: null,
    about: null,
    unsubscribeUrl: null,
    ttlSeconds: 600,
    written: { title: 'Your code', body: 'Your code is 482913.', sms: '', locale: 'en', ...written },
  };
}

const send = (url: string, what = parcel()) =>
  createEmailSender({ url, from: 'Soko <no-reply@soko.test>', timeoutMs: 1_000 }).send(
    what,
    AbortSignal.timeout(5_000),
  );

test('a mail arrives with text and HTML, the same Message-ID in every attempt, and marked as automatic', async () => {
  const { url, mails } = await startMailbox();
  expect(await send(url)).toEqual({ kind: 'sent' });
  await send(url);
  const [first, second] = mails.map(({ raw }) => /^Message-ID: (.*)$/im.exec(raw)?.[1]);
  expect(first).toBe('<0199aaaa-0000-7000-8000-000000000001@soko.test>');
  expect(second).toBe(first);
  expect(mails[0]?.raw).toMatch(/^Subject: Your code$/m);
  expect(mails[0]?.raw).toMatch(/^Auto-Submitted: auto-generated$/im);
  expect(mails[0]?.raw).toContain('multipart/alternative');
});

test('a mail that may be turned off says where, for one click; another one does not', async () => {
  const { url, mails } = await startMailbox();
  const address = `https://market.test/v1/unsubscribe?token=${crypto.randomUUID()}.orders.${'x'.repeat(43)}`;
  await send(url, { ...parcel(), unsubscribeUrl: address });
  await send(url);
  const [notice, code] = mails.map(({ raw }) => raw.replaceAll(/\r\n[ \t]+/g, ' '));
  expect(notice).toContain(`\r\nList-Unsubscribe: <${address}>\r\n`);
  expect(notice).toContain('\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n');
  expect(code).not.toMatch(/List-Unsubscribe/i);
});

test('neither a subject nor a recipient can add headers, recipients or markup', async () => {
  const { url, mails } = await startMailbox();
  const hostile = { title: 'Hi\r\nBcc: victim@example.test', body: '<script>alert(1)</script>' };
  await send(url, parcel(hostile));
  expect(mails[0]?.to).toEqual(['amina@example.test']);
  const [headers] = mails[0]!.raw.split('\r\n\r\n');
  expect(headers).not.toMatch(/^Bcc:/im);
  expect(mails[0]?.raw).not.toMatch(/<p><script>/);
  expect(mails[0]?.raw).toContain('&lt;script&gt;');
  await send(url, parcel({ recipient: 'a@example.test, b@example.test' }));
  await send(url, parcel({ recipient: 'a@example.test\r\nRCPT TO:<b@example.test>' }));
  expect(mails.flatMap(({ to }) => to)).not.toContain('b@example.test');
});

test('Arabic runs from right to left', async () => {
  const { url, mails } = await startMailbox();
  await send(url, parcel({ locale: 'ar', title: 'رمزك', body: 'رمزك هو 482913' }));
  const html = Buffer.from(/text\/html[^]*?\r\n\r\n([^]*?)\r\n--/.exec(mails[0]!.raw)![1]!, 'base64').toString('utf8');
  expect(html.includes('dir="rtl"') || mails[0]!.raw.includes('dir=3D"rtl"')).toBe(true);
});

const refuse = (code: number, stage: 'onRcptTo' | 'onData' | 'onMailFrom'): SMTPServerOptions => {
  const error = Object.assign(new Error('refused'), { responseCode: code });
  if (stage === 'onData')
    return {
      onData(stream, _, done) {
        stream.resume();
        stream.on('end', () => done(error));
      },
    };
  return { [stage]: (_address: unknown, _session: unknown, done: (error: Error) => void) => done(error) };
};

test.each([
  ['an unknown mailbox', refuse(550, 'onRcptTo'), 'unreachable'],
  ['a mailbox that is full for now', refuse(452, 'onRcptTo'), 'retry'],
  ['a server that is busy', refuse(421, 'onMailFrom'), 'retry'],
  ['a message that is refused', refuse(554, 'onData'), 'failed'],
  ['a message that is refused for now', refuse(451, 'onData'), 'retry'],
] as const)('%s is told as such', async (_, options, kind) => {
  const { url } = await startMailbox(options);
  expect(await send(url)).toMatchObject({ kind });
});

test('a wrong password of ours costs nobody their message', async () => {
  const { url } = await startMailbox({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: (_, __, done) => done(Object.assign(new Error('wrong'), { responseCode: 535 })),
  });
  expect(await send(url.replace('//', '//user:wrong@'))).toMatchObject({ kind: 'retry' });
});

test('a server that is away is tried again; one that never confirms a message leaves it unknown', async () => {
  const { url } = await startMailbox();
  await closers.pop()?.();
  expect(await send(url)).toMatchObject({ kind: 'retry' });
  const silent = await startMailbox({ onData: (stream) => void stream.resume() });
  expect(await send(silent.url)).toMatchObject({ kind: 'unknown' });
});
