import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createListing } from '../support/listings.ts';
import type { TestUser } from '../support/harness.ts';
import { createHttpHarness, publicUrl, type Answer, type HttpHarness } from './harness.ts';

let http: HttpHarness;
let url: string;
let asha: TestUser;
let photo: Buffer<ArrayBuffer>;
beforeAll(async () => {
  http = await createHttpHarness();
  url = await http.listen();
  asha = await http.market.user();
  photo = Buffer.from(
    await sharp({ create: { width: 640, height: 480, channels: 3, background: 'teal' } })
      .jpeg()
      .toBuffer(),
  );
});
afterAll(() => http.close());

const bearer = () => ({ authorization: `Bearer ${asha.token}` });

async function presign() {
  const body = { filename: 'lamp.jpg', content_type: 'image/jpeg', scope: 'listing', listing_id: null };
  const response = await http.post('/v1/images/presign', body, bearer());
  expect(response.status).toBe(200);
  const answer = await response.json();
  return { ...answer, target: answer.upload_url.replace(publicUrl, url) };
}

const put = (target: string, body: Buffer<ArrayBuffer>, type = 'image/jpeg') =>
  fetch(target, { method: 'PUT', body, headers: { 'content-type': type } }) as Promise<Answer>;

test('an app uploads a photo: presign, put, confirm, look', async () => {
  const { target, object_key, headers } = await presign();
  expect(headers).toEqual({ 'Content-Type': 'image/jpeg' });
  expect((await put(target, photo)).status).toBe(200);
  const confirmed = await http.post(
    '/v1/images/confirm',
    { scope: 'listing', listing_id: null, object_key, width: 640, height: 480 },
    bearer(),
  );
  const { preview_url } = await confirmed.json();
  await http.market.runJob('uploads.process');
  const preview = await fetch(preview_url.replace(publicUrl, url));
  expect(preview.status).toBe(200);
  expect(Object.fromEntries(preview.headers)).toMatchObject({
    'content-type': 'image/webp',
    'cross-origin-resource-policy': 'cross-origin',
    'x-content-type-options': 'nosniff',
    'cache-control': 'public, max-age=31536000, immutable',
  });
  const bytes = await preview.arrayBuffer();
  expect((await sharp(bytes).metadata()).format).toBe('webp');
  const head = await fetch(preview_url.replace(publicUrl, url), { method: 'HEAD' });
  expect(head.headers.get('content-length')).toBe(String(bytes.byteLength));
});

test('confirming with a listing shows the photo with it', async () => {
  const listing = await createListing(http.market, asha);
  const { target, object_key } = await presign();
  await put(target, photo);
  const body = { scope: 'listing', listing_id: listing.id, object_key };
  for (const attempt of [1, 2]) {
    expect((await http.post('/v1/images/confirm', body, bearer())).status, `attempt ${attempt}`).toBe(200);
  }
  const { images } = await http.market.ok(null, 'listings.get', { listingId: listing.id });
  expect(images).toHaveLength(1);
});

test('bytes of another type than announced are refused', async () => {
  const { target } = await presign();
  const response = await put(target, photo, 'image/png');
  expect(response.status).toBe(403);
  expect((await response.json()).error.code).toBe('route.signature_invalid');
});

test('an address that was changed is refused', async () => {
  const { target } = await presign();
  const response = await put(target.replace(/max=\d+/, 'max=999999999'), photo);
  expect(response.status).toBe(403);
});

test('a body over the limit of its purpose is refused while it streams in', async () => {
  const { target } = await presign();
  const response = await put(target, Buffer.alloc(11 * 1024 * 1024));
  expect(response.status).toBe(413);
  expect((await response.json()).error.code).toBe('frame.too_large');
});

test.each(['/v1/files/public/nothing/preview.webp', '/v1/files/..%2f..%2fetc/passwd', '/v1/files/temp/x'])(
  '%s is not there',
  async (path) => {
    const response = await http.send(path);
    expect([403, 404]).toContain(response.status);
  },
);

test('a guest cannot presign', async () => {
  const response = await http.post('/v1/images/presign', {
    filename: 'a.jpg',
    content_type: 'image/jpeg',
    scope: 'listing',
  });
  expect(response.status).toBe(401);
});

test('errors of presign name the fields as the app sent them', async () => {
  const response = await http.post('/v1/images/presign', { filename: 'a.jpg', scope: 'listing' }, bearer());
  expect((await response.json()).error.issues).toEqual([{ path: 'content_type', message: expect.any(String) }]);
});
