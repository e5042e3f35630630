import { afterAll, beforeAll, expect, test } from 'vitest';
import { confirmedUpload, photo } from '../support/disk.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { createListing } from '../support/listings.ts';
import { bindTestPorts } from '../support/ports.ts';

let market: Harness;
let seller: TestUser;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  seller = await market.user();
});
afterAll(() => market.close());

test('images keep their order, get their measures when processed, and refused ones disappear', async () => {
  const good = await confirmedUpload(market, seller, { bytes: await photo({ width: 50, height: 30 }) });
  const corrupt = await confirmedUpload(market, seller, {
    bytes: (await photo({ width: 900, height: 900 })).subarray(0, 2_000),
  });
  const { id, images, previewUrl } = await createListing(market, seller, { imageIds: [corrupt, good] });
  expect(images.map((image: { id: string }) => image.id)).toEqual([corrupt, good]);
  expect(previewUrl).toBe(images[0].previewUrl);
  await market.runJob('uploads.process');
  await market.runJob('listings.settleImages');
  const shown = await market.ok(null, 'listings.get', { listingId: id });
  expect(shown.images).toMatchObject([{ id: good, width: 50, height: 30, thumbhash: expect.any(String) }]);
  expect(shown.previewUrl).toBe(images[1].previewUrl);
  const third = await confirmedUpload(market, seller);
  const added = await market.ok(seller, 'listings.addImages', { listingId: id, imageIds: [third, good] });
  expect(added.images).toMatchObject([
    { id: good, width: 50 },
    { id: third, width: null },
  ]);
  const reordered = await market.ok(seller, 'listings.update', { listingId: id, imageIds: [third] });
  expect(reordered.images).toHaveLength(1);
  expect((await market.ok(seller, 'listings.update', { listingId: id, imageIds: [] })).images).toEqual([]);
});

test('a listing shows at most ten images', async () => {
  const ids = await Promise.all(Array.from({ length: 11 }, () => confirmedUpload(market, seller)));
  const { id } = await createListing(market, seller, { imageIds: ids.slice(0, 10) });
  expect(await market.fails(seller, 'listings.addImages', { listingId: id, imageIds: ids.slice(10) })).toBe(
    'listings.too_many_images',
  );
  expect(await market.fails(seller, 'listings.update', { listingId: id, imageIds: ids })).toBe('input.invalid');
});
