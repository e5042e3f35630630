import { expect, test } from 'vitest';
import { createS3Store, prepareBucket, type S3Settings } from '../../src/domain/media/index.ts';

const endpoint = process.env.S3_ENDPOINT;
const bucket = `soko-test-${crypto.randomUUID().slice(0, 8)}`;
const settings: S3Settings = {
  ...(endpoint ? { endpoint } : {}),
  region: process.env.S3_REGION ?? 'us-east-1',
  bucket,
  accessKey: process.env.S3_ACCESS_KEY ?? 'minioadmin',
  secretKey: process.env.S3_SECRET_KEY ?? 'minioadmin',
  pathStyle: true,
  publicUrl: `${endpoint}/${bucket}`,
};

test('signing needs no server and binds key, type and time', async () => {
  const store = createS3Store({ ...settings, endpoint: 'http://127.0.0.1:1' });
  const { url, headers } = await store.presignPut({
    key: 'incoming/a.png',
    contentType: 'image/png',
    maxBytes: 10,
    expiresInMs: 60_000,
  });
  const { pathname, searchParams } = new URL(url);
  expect(pathname).toBe(`/${bucket}/incoming/a.png`);
  expect(searchParams.get('X-Amz-Expires')).toBe('60');
  expect(searchParams.get('X-Amz-SignedHeaders')).toBe('content-type;host');
  expect(headers).toEqual({ 'Content-Type': 'image/png' });
});

test.skipIf(!endpoint)('objects travel through a real bucket', async () => {
  await prepareBucket(settings);
  await prepareBucket(settings);
  const store = createS3Store(settings);
  const key = 'incoming/a.png';
  expect(await store.head(key)).toBeNull();
  expect(await store.read(key, { maxBytes: 5 })).toBeNull();
  const { url, headers } = await store.presignPut({ key, contentType: 'image/png', maxBytes: 10, expiresInMs: 60_000 });
  const wrong = await fetch(url, { method: 'PUT', body: 'hello', headers: { 'Content-Type': 'text/html' } });
  expect(wrong.status).toBe(403);
  expect((await fetch(url, { method: 'PUT', body: 'hello', headers })).status).toBe(200);
  expect(await store.head(key)).toEqual({ sizeBytes: 5 });
  expect(Buffer.from((await store.read(key, { maxBytes: 4 })) as Uint8Array).toString()).toBe('hell');
  expect((await fetch(store.publicUrl(key))).status).toBe(403);
  expect(await (await fetch(await store.signedUrl(key, { expiresInMs: 60_000 }))).text()).toBe('hello');
  await store.write('public/b.webp', Buffer.from('bytes'), 'image/webp');
  const shown = await fetch(store.publicUrl('public/b.webp'));
  expect([shown.status, shown.headers.get('content-type'), await shown.text()]).toEqual([200, 'image/webp', 'bytes']);
  await store.write(key, new Uint8Array(), 'image/png');
  expect(await store.read(key, { maxBytes: 4 })).toEqual(new Uint8Array());
  await store.remove(key);
  await store.remove(key);
  expect(await store.head(key)).toBeNull();
});
