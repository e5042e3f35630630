import sharp from 'sharp';
import { patienceMs, type Actor } from './actor.ts';
import { currency, type Market } from './market.ts';
import { expect, sleep } from './timeline.ts';

export interface Posted {
  readonly listingId: string;
  readonly priceMinor: number;
}

/** A photo as a camera makes it: a real JPEG with some noise in it. */
async function takePhoto(): Promise<Buffer> {
  const background = { width: 1_600, height: 1_200, channels: 3 as const, background: { r: 196, g: 120, b: 64 } };
  const noise = await sharp({ create: { ...background, noise: { type: 'gaussian', mean: 128, sigma: 24 } } })
    .png()
    .toBuffer();
  return sharp({ create: background })
    .composite([{ input: noise, blend: 'overlay' }])
    .jpeg({ quality: 85 })
    .toBuffer();
}

/** The seller uploads a photo and posts a listing with it: two units, at a place. */
export async function postListing({ seller, word, home }: Market): Promise<Posted> {
  const photo = await takePhoto();
  const upload = await seller.call('uploads.presign', {
    filename: 'shoes.jpg',
    contentType: 'image/jpeg',
    purpose: 'listing',
    sizeBytes: photo.length,
  });
  seller.says(`may upload ${Math.round(photo.length / 1024)} KB of JPEG`);
  const put = await fetch(upload.uploadUrl, { method: 'PUT', headers: upload.headers, body: new Uint8Array(photo) });
  expect(put.ok, `the PUT of the photo is taken (${put.status})`);
  const { previewUrl } = await seller.call('uploads.confirm', {
    objectKey: upload.objectKey,
    width: 1_600,
    height: 1_200,
  });
  seller.says('has sent the photo and confirms it');
  await seller.hears(
    'upload.changed',
    ({ id, state }) => id === upload.uploadId && state === 'ready',
    'the photo is processed',
  );
  expect(previewUrl, 'a confirmed photo has a preview');
  const preview = await fetchImage(previewUrl);
  seller.says(`sees the thumbnail: ${preview.format}, ${preview.width} × ${preview.height}`);
  const categoryId = await firstCategory(seller);
  const priceMinor = 12_000;
  const listing = await seller.call('listings.create', {
    title: `Red running shoes ${word}`,
    description: 'Worn twice, size 42. Pick them up at my place.',
    categoryId,
    priceMinor,
    currency,
    condition: 'like_new',
    quantity: 2,
    location: home,
    neighborhood: 'Old Town',
    tags: ['shoes'],
    imageIds: [upload.uploadId],
  });
  seller.says(`posts "${listing.title}", 120.00 AED, 2 pieces, with the photo and a place`);
  return { listingId: listing.id, priceMinor };
}

async function firstCategory(seller: Actor): Promise<string> {
  const { items: categories } = await seller.call('categories.list', {});
  const categoryId = categories[0]?.id;
  expect(categoryId, 'the market has categories');
  return categoryId;
}

/** A listing of one piece without a photo. */
export async function sell(
  { seller, word }: Market,
  { title, priceMinor }: { title: string; priceMinor: number },
): Promise<string> {
  const listing = await seller.call('listings.create', {
    title: `${title} ${word}`,
    description: 'As good as new.',
    categoryId: await firstCategory(seller),
    priceMinor,
    currency,
    condition: 'good',
    quantity: 1,
  });
  seller.says(`posts "${listing.title}", ${(priceMinor / 100).toFixed(2)} AED`);
  return listing.id;
}

async function fetchImage(url: string): Promise<{ format: string; width: number; height: number }> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const response = await fetch(url);
    if (response.ok) {
      const { format, width, height } = await sharp(Buffer.from(await response.arrayBuffer())).metadata();
      expect(format && width > 0 && height > 0, 'the preview is an image');
      return { format, width, height };
    }
    expect(performance.now() < end, `the preview is served (${response.status} at ${url})`);
    await sleep(250);
  }
}

/** The buyer finds it by text, and by radius: near enough, not from far away. */
export async function findListing({ buyer, word, home }: Market, { listingId }: Posted): Promise<void> {
  const byText = await buyer.call('listings.search', { q: `running shoes ${word}` });
  expect(byText.items[0]?.id === listingId, 'a search by text finds the listing first');
  buyer.says(`searches "running shoes ${word}" and finds it among ${byText.items.length}`);
  const nearby = { lat: home.lat + 0.02, lon: home.lon, radiusKm: 5 };
  const near = await buyer.call('listings.search', { near: nearby, sort: 'nearest' });
  expect(
    near.items.some((item) => item.id === listingId),
    'a search within 5 km finds the listing 2 km away',
  );
  buyer.says('searches within 5 km of where he stands and finds it');
  const far = await buyer.call('listings.search', { near: { ...nearby, radiusKm: 1 }, q: word });
  expect(!far.items.some((item) => item.id === listingId), 'a search within 1 km does not find it');
  buyer.says('searches within 1 km and does not');
}
