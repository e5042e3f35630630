import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attachUploads, objectStorePort, uploadViews } from '../../src/domain/media/index.ts';
import { confirmedUpload, diskPort, partsOf, photo, put } from '../support/disk.ts';
import { createHarness, system, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';

let market: Harness;
let owner: TestUser;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  owner = await market.user();
});
afterAll(() => market.close());

const jpeg = { filename: 'photo.jpg', contentType: 'image/jpeg', purpose: 'listing' };
const presign = (fields: Record<string, unknown> = {}, as = owner) =>
  market.ok(as, 'uploads.presign', { ...jpeg, ...fields });
const read = async (url: string) => {
  const file = await market.ports.get(diskPort).openFile(partsOf(url));
  if (file.status !== 200) return file;
  return { ...file, bytes: Buffer.from(await new Response(file.stream as never).arrayBuffer()) };
};
const last = async (user: TestUser) => (await market.inboxOf(user)).at(-1)?.data;

test('a photo goes from presign to ready, upright, bounded and without its metadata', async () => {
  const exif = { IFD0: { Copyright: 'secret owner' }, IFD3: { GPSLatitude: '1/1 2/1 3/1' } };
  const original = await sharp({ create: { width: 3_000, height: 1_000, channels: 3, background: '#295' } })
    .withExif(exif)
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  expect((await sharp(original).metadata()).exif).toBeDefined();
  const { uploadUrl, objectKey, headers, maxBytes, uploadId } = await presign({
    filename: '../../etc/pass\u0007wd"<x>.jpg',
  });
  expect(objectKey).toMatch(/^incoming\/[\w-]{22}\.jpg$/);
  expect(maxBytes).toBe(10 * 1024 * 1024);
  expect(await put(market, uploadUrl, { bytes: original, contentType: headers['Content-Type'] })).toEqual({
    status: 200,
    text: '',
  });
  const confirmed = await market.ok(owner, 'uploads.confirm', { objectKey, width: 3_000, height: 1_000 });
  expect(confirmed).toMatchObject({
    id: uploadId,
    state: 'confirmed',
    sizeBytes: original.length,
    filename: 'passwdx.jpg',
  });
  await market.runJob('uploads.process');
  const ready = await last(owner);
  expect(ready).toMatchObject({
    entity: 'upload',
    id: uploadId,
    state: 'ready',
    deleted: true,
    version: 3,
    width: 683,
    height: 2_048,
  });
  expect(ready.thumbhash).toMatch(/^[\w+/]+=*$/);
  expect([ready.previewUrl, ready.url]).toEqual([confirmed.previewUrl, confirmed.url]);
  for (const [url, height] of [
    [ready.previewUrl, 320],
    [ready.url, 2_048],
  ] as const) {
    const file = await read(url);
    expect(file).toMatchObject({ status: 200, contentType: 'image/webp' });
    const made = await sharp((file as { bytes: Buffer }).bytes).metadata();
    expect(made).toMatchObject({ format: 'webp', height });
    expect([made.exif, made.xmp, made.icc, made.orientation]).toEqual([undefined, undefined, undefined, undefined]);
  }
  await market.runJob('uploads.clean');
  expect(await market.ports.get(objectStorePort).head(objectKey)).toBeNull();
});

test('confirming again answers the same and does not process twice', async () => {
  const { uploadUrl, objectKey } = await presign();
  await put(market, uploadUrl, { bytes: await photo(), contentType: 'image/jpeg' });
  const first = await market.ok(owner, 'uploads.confirm', { objectKey });
  expect(await market.ok(owner, 'uploads.confirm', { objectKey })).toEqual(first);
  await market.runJob('uploads.process');
  expect((await market.ok(owner, 'uploads.confirm', { objectKey })).state).toBe('ready');
});

test('parallel confirms confirm once', async () => {
  const { uploadUrl, objectKey, uploadId } = await presign();
  await put(market, uploadUrl, { bytes: await photo(), contentType: 'image/jpeg' });
  const versions = await Promise.all(
    [1, 2, 3, 4].map(async () => (await market.ok(owner, 'uploads.confirm', { objectKey })).version),
  );
  expect(versions).toEqual([2, 2, 2, 2]);
  const told = (await market.inboxOf(owner)).filter(({ data }) => data.id === uploadId && data.state === 'confirmed');
  expect(told).toHaveLength(1);
});

test('presign refuses types and sizes that the purpose does not allow', async () => {
  const refused = (fields: Record<string, unknown>) => market.fails(owner, 'uploads.presign', { ...jpeg, ...fields });
  expect(await refused({ contentType: 'image/svg+xml' })).toBe('uploads.type_not_allowed');
  expect(await refused({ contentType: 'application/pdf' })).toBe('uploads.type_not_allowed');
  expect(await refused({ contentType: 'IMAGE/JPEG' })).toBe('uploads.type_not_allowed');
  expect(await refused({ sizeBytes: 10 * 1024 * 1024 + 1 })).toBe('uploads.too_large');
  expect(await refused({ filename: 'nul\u0000.jpg' })).toBe('input.invalid');
  await presign({ purpose: 'verification', contentType: 'application/pdf' });
});

test('confirm refuses what is missing, of another type, or of another person', async () => {
  const { uploadUrl, objectKey } = await presign();
  const confirm = (as: TestUser) => market.fails(as, 'uploads.confirm', { objectKey });
  expect(await confirm(owner)).toBe('uploads.missing');
  await put(market, uploadUrl, { bytes: Buffer.from('<script>alert(1)</script>'), contentType: 'image/jpeg' });
  expect(await confirm(owner)).toBe('uploads.type_mismatch');
  await put(market, uploadUrl, {
    bytes: await sharp(await photo())
      .png()
      .toBuffer(),
    contentType: 'image/jpeg',
  });
  expect(await confirm(owner)).toBe('uploads.type_mismatch');
  await put(market, uploadUrl, { bytes: await photo(), contentType: 'image/jpeg' });
  expect(await confirm(await market.user())).toBe('uploads.not_found');
  expect(await market.fails(owner, 'uploads.confirm', { objectKey: '../../etc/passwd' })).toBe('uploads.not_found');
  await market.ok(owner, 'uploads.confirm', { objectKey });
});

test('confirm reads the true size', async () => {
  const { objectKey } = await presign({ purpose: 'avatar' });
  const bytes = Buffer.concat([await photo(), Buffer.alloc(5 * 1024 * 1024)]);
  await market.ports.get(objectStorePort).write(objectKey, bytes, 'image/jpeg');
  expect(await market.fails(owner, 'uploads.confirm', { objectKey })).toBe('uploads.too_large');
});

test('a corrupt image and one replaced after confirming are rejected and removed', async () => {
  const corrupt = (await photo({ width: 900, height: 900 })).subarray(0, 2_000);
  const rejected = await confirmedUpload(market, owner, { bytes: corrupt });
  const { uploadUrl, objectKey } = await presign();
  await put(market, uploadUrl, { bytes: await photo(), contentType: 'image/jpeg' });
  const { id } = await market.ok(owner, 'uploads.confirm', { objectKey });
  await put(market, uploadUrl, { bytes: await photo({ width: 950, height: 950 }), contentType: 'image/jpeg' });
  await market.runJob('uploads.process');
  const told = (await market.inboxOf(owner)).map(({ data }) => data);
  expect(told.findLast((data) => data.id === rejected)).toMatchObject({
    state: 'rejected',
    reason: 'not_decodable',
    previewUrl: null,
  });
  expect(told.findLast((data) => data.id === id)).toMatchObject({ state: 'rejected', reason: 'too_large' });
  expect(await market.fails(owner, 'uploads.confirm', { objectKey })).toBe('uploads.rejected');
  await market.runJob('uploads.clean');
  expect(await market.ports.get(objectStorePort).head(objectKey)).toBeNull();
});

test('a decompression bomb is rejected without being unpacked', async () => {
  const bomb = await sharp({ create: { width: 16_000, height: 4_000, channels: 3, background: '#000' } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  expect(bomb.length).toBeLessThan(1024 * 1024);
  const { uploadUrl, objectKey } = await presign({ contentType: 'image/png' });
  await put(market, uploadUrl, { bytes: bomb, contentType: 'image/png' });
  await market.ok(owner, 'uploads.confirm', { objectKey });
  await market.runJob('uploads.process');
  expect(await last(owner)).toMatchObject({ state: 'rejected', reason: 'not_decodable' });
});

test('storage that fails is tried three times, then the upload is rejected', async () => {
  const person = await market.user();
  const id = await confirmedUpload(market, person);
  const store = market.ports.get(objectStorePort);
  market.ports.bind(objectStorePort, { ...store, read: async () => Promise.reject(new Error('storage is away')) });
  for (let attempt = 0; attempt < 4; attempt += 1) {
    await market.runJob('uploads.process');
    market.clock.offsetMs += 10 * 60_000;
  }
  market.ports.bind(objectStorePort, store);
  expect(await last(person)).toMatchObject({ id, state: 'rejected', reason: 'processing_failed' });
});

test('an attempt that outlived its lease has nothing to say', async () => {
  const person = await market.user();
  const id = await confirmedUpload(market, person);
  await market.ok(system, 'uploads.claim');
  market.clock.offsetMs += 10 * 60_000;
  await market.ok(system, 'uploads.claim');
  await market.ok(system, 'uploads.record', {
    uploadId: id,
    attempt: 1,
    outcome: { kind: 'rejected', reason: 'missing' },
  });
  expect(await last(person)).toMatchObject({ state: 'confirmed' });
});

test('unconfirmed uploads expire with their objects, even before the job has run', async () => {
  const { uploadUrl, objectKey } = await presign();
  await put(market, uploadUrl, { bytes: await photo(), contentType: 'image/jpeg' });
  market.clock.offsetMs += 61 * 60_000;
  expect(await market.fails(owner, 'uploads.confirm', { objectKey })).toBe('uploads.expired');
  await market.runJob('uploads.expire');
  expect(await last(owner)).toMatchObject({ state: 'expired', deleted: true });
  expect(await market.fails(owner, 'uploads.confirm', { objectKey })).toBe('uploads.expired');
  await market.runJob('uploads.clean');
  expect(await market.ports.get(objectStorePort).head(objectKey)).toBeNull();
});

test('a person may have fifty unfinished uploads', async () => {
  const person = await market.user();
  for (let index = 0; index < 50; index += 1) await presign({}, person);
  expect(await market.fails(person, 'uploads.presign', jpeg)).toBe('uploads.too_many');
});

test('a private document has no public URL and only its owner gets a short-lived link', async () => {
  const bytes = Buffer.from('%PDF-1.7\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n');
  const { uploadUrl, objectKey, uploadId } = await presign({ purpose: 'verification', contentType: 'application/pdf' });
  await put(market, uploadUrl, { bytes, contentType: 'application/pdf' });
  const confirmed = await market.ok(owner, 'uploads.confirm', { objectKey });
  expect([confirmed.previewUrl, confirmed.url]).toEqual([null, null]);
  expect(await market.fails(owner, 'uploads.link', { uploadId })).toBe('uploads.not_ready');
  await market.runJob('uploads.process');
  expect(await market.fails(await market.user(), 'uploads.link', { uploadId })).toBe('uploads.not_found');
  const { url } = await market.ok(owner, 'uploads.link', { uploadId });
  expect(await read(url)).toMatchObject({ status: 200, contentType: 'application/pdf', bytes });
  expect(await read(url.split('?')[0])).toEqual({ status: 403 });
  market.clock.offsetMs += 6 * 60_000;
  expect(await read(url)).toEqual({ status: 403 });
  expect(await uploadViews({ db: market.database.fork(), port: (port) => market.ports.get(port) }, [uploadId])).toEqual(
    new Map(),
  );
});

test('uploads attach to their owner and purpose only', async () => {
  const uploadId = await confirmedUpload(market, owner);
  const pending = await presign();
  const attach = (ownerId: string, uploadIds: string[], purpose: 'listing' | 'chat') =>
    attachUploads({ db: market.database.fork() }, { ownerId, uploadIds, purpose });
  expect(await attach(owner.id, [uploadId], 'listing')).toMatchObject([{ id: uploadId }]);
  expect(await attach(owner.id, [uploadId], 'chat')).toBe('uploads.not_found');
  expect(await attach((await market.user()).id, [uploadId], 'listing')).toBe('uploads.not_found');
  expect(await attach(owner.id, [uploadId, pending.uploadId], 'listing')).toBe('uploads.not_confirmed');
});
