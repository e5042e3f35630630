import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { createDiskStore, type DiskStore } from '../../src/domain/media/index.ts';
import { partsOf } from '../support/disk.ts';

const clock = { offsetMs: 0 };
let folder: string;
let disk: DiskStore;
beforeEach(() => {
  clock.offsetMs = 0;
  folder = mkdtempSync(join(tmpdir(), 'soko-disk-'));
  disk = createDiskStore({ folder, publicUrl: 'http://soko.test', secret: 'a secret', clock });
});

const key = 'incoming/abc.png';
const presign = (maxBytes = 10) =>
  disk.store.presignPut({ key, contentType: 'image/png', maxBytes, expiresInMs: 60_000 });
const bodyOf = (text: string) => new Blob([text]).stream() as never;
const put = async (url: string, { text = 'hello', contentType = 'image/png', at = key } = {}) => {
  const { status } = await disk.acceptPut({ ...partsOf(url), key: at, contentType, body: bodyOf(text) });
  return status;
};

test('a signed PUT stores exactly the bytes', async () => {
  const { url, headers } = await presign();
  expect(headers).toEqual({ 'Content-Type': 'image/png' });
  expect(await put(url)).toBe(200);
  expect(await disk.store.head(key)).toEqual({ sizeBytes: 5 });
  expect(Buffer.from((await disk.store.read(key, { maxBytes: 4 })) as Uint8Array).toString()).toBe('hell');
});

test('another type, key, size bound or time breaks the signature', async () => {
  const { url } = await presign();
  expect(await put(url, { contentType: 'image/jpeg' })).toBe(403);
  expect(await put(url, { at: 'incoming/other.png' })).toBe(403);
  expect(await put(url.replace('max=10', 'max=9999'))).toBe(403);
  expect(await put(url.replace(/signature=.*/, ''))).toBe(403);
  clock.offsetMs = 61_000;
  expect(await put(url)).toBe(403);
  expect(await put(url.replace(/expires=\d+/, `expires=${Date.now() + 1e9}`))).toBe(403);
});

test('a body larger than the bound leaves nothing behind', async () => {
  const { url } = await presign();
  expect(await put(url, { text: 'x'.repeat(11) })).toBe(413);
  expect(await disk.store.head(key)).toBeNull();
  expect(readdirSync(join(folder, 'temp'))).toEqual([]);
});

test('a body that breaks off leaves nothing behind', async () => {
  const { url } = await presign();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new Uint8Array(3));
      controller.error(new Error('the client went away'));
    },
  });
  await expect(disk.acceptPut({ ...partsOf(url), contentType: 'image/png', body })).rejects.toThrow('went away');
  expect(await disk.store.head(key)).toBeNull();
  expect(readdirSync(join(folder, 'temp'))).toEqual([]);
});

test('no key climbs out of the folder', async () => {
  const climbing = [
    '../secret',
    'public/../../secret',
    '/etc/passwd',
    'public/..',
    'public//x',
    'public/a\0b',
    'public/%2e%2e/x',
    'temp/x',
    '',
  ];
  for (const at of climbing) {
    expect((await disk.openFile({ key: at, query: new URLSearchParams() })).status, at).toBe(404);
    expect(await put((await presign()).url, { at }), at).toBe(403);
    await expect(async () => disk.store.head(at), at).rejects.toThrow('not an object key');
  }
  expect(existsSync(join(folder, '..', 'secret'))).toBe(false);
});

test('public objects are open, others need a fresh signature of their own', async () => {
  for (const at of ['public/a/x.webp', 'private/a/x.webp', 'private/b/x.webp', 'incoming/x.png']) {
    await disk.store.write(at, Buffer.from('bytes'), 'image/webp');
  }
  const open = (at: string, query = '') => disk.openFile({ key: at, query: new URLSearchParams(query) });
  const file = await open('public/a/x.webp');
  expect(file).toMatchObject({ status: 200, contentType: 'image/webp', sizeBytes: 5 });
  if (file.status === 200) await file.stream.cancel();
  expect((await open('public/none.webp')).status).toBe(404);
  expect((await open('public/a')).status).toBe(404);
  expect((await open('incoming/x.png')).status).toBe(403);
  const { key: signed, query } = partsOf(await disk.store.signedUrl('private/a/x.webp', { expiresInMs: 1_000 }));
  const shown = await disk.openFile({ key: signed, query });
  expect(shown.status).toBe(200);
  if (shown.status === 200) await shown.stream.cancel();
  expect((await disk.openFile({ key: 'private/b/x.webp', query })).status).toBe(403);
  clock.offsetMs = 2_000;
  expect((await disk.openFile({ key: signed, query })).status).toBe(403);
});

test('removing twice is harmless', async () => {
  await disk.store.write('public/x.webp', Buffer.from('x'), 'image/webp');
  await disk.store.remove('public/x.webp');
  await disk.store.remove('public/x.webp');
  expect(await disk.store.read('public/x.webp', { maxBytes: 1 })).toBeNull();
});
