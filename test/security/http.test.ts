import { afterAll, beforeAll, expect, test } from 'vitest';
import { objectStorePort } from '../../src/domain/media/index.ts';
import { createHttpHarness, publicUrl, type HttpHarness } from '../http/harness.ts';

let http: HttpHarness;
beforeAll(async () => {
  http = await createHttpHarness();
});
afterAll(() => http.close());

test('a private file is a download without scripts, and its link fits no other file, method or time', async () => {
  const store = http.market.ports.get(objectStorePort);
  await store.write('private/a/file.pdf', Buffer.from('%PDF-1.7'), 'application/pdf');
  await store.write('private/b/file.pdf', Buffer.from('%PDF-1.7'), 'application/pdf');
  const link = (await store.signedUrl('private/a/file.pdf', { expiresInMs: 60_000 })).slice(publicUrl.length);
  const answer = await http.send(link);
  expect([answer.status, answer.headers.get('content-disposition')]).toEqual([200, 'attachment; filename="file.pdf"']);
  expect(answer.headers.get('content-security-policy')).toContain('sandbox');
  expect(answer.headers.get('cache-control')).toBe('private, no-store');
  const statusOf = async (path: string, init?: RequestInit) => (await http.send(path, init)).status;
  expect(await statusOf(link.replace('/a/', '/b/'))).toBe(403);
  expect(await statusOf(link.replace('/files/', '/uploads/'), { method: 'PUT', body: 'x' })).toBe(403);
  expect(await statusOf(link.replace(/expires=\d/, 'expires=9'))).toBe(403);
  expect(await statusOf(`${link}&expires=99999999999999`)).toBe(200);
  http.market.clock.offsetMs = 61_000;
  expect(await statusOf(link)).toBe(403);
  http.market.clock.offsetMs = 0;
});

test('a path never climbs out of the folder of uploads', async () => {
  for (const key of [
    '../../etc/passwd',
    '..%2f..%2fetc%2fpasswd',
    'public/..%2f..%2fx',
    'temp/x',
    'public/%00',
    'public//x',
  ]) {
    const { status } = await http.send(`/v1/files/${key}`);
    expect([403, 404]).toContain(status);
  }
  expect(http.logged).toEqual([]);
});

test('keys that mean something to JavaScript are unknown fields, named as they were sent', async () => {
  for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const answer = await http.send('/v1/auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"identifier":"a","password":"b",${JSON.stringify(key)}:{"isAdmin":true}}`,
    });
    const { error } = await answer.json();
    expect([answer.status, error.code]).toEqual([400, 'input.invalid']);
    expect(JSON.stringify(error)).not.toMatch(/native code|object Object/);
  }
  expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
});
