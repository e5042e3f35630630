import { afterAll, beforeAll, expect, test } from 'vitest';
import { streamRoom } from '../../src/domain/streams/room.ts';
import { createHarness, guest, type Harness } from '../support/harness.ts';
import { createListing } from '../support/listings.ts';
import { bindTestPorts } from '../support/ports.ts';
import { openRoom } from '../support/rooms.ts';
import { liveStream, published } from './live-stream.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

test('the room sees a pin at once, and a joiner sees the listing behind it', async () => {
  const { host, streamId } = await liveStream(market);
  const { id: listingId } = await createListing(market, host, { title: 'Red shoes', priceMinor: 4_500 });
  await market.ok(host, 'streams.pin', { streamId, listingId, x: 0.2, y: 0.8 });
  expect(published(market, 'stream.updated').at(-1).pins).toMatchObject([{ listingId, x: 0.2, y: 0.8 }]);
  const seen = await openRoom(streamRoom, market, { actor: guest, id: streamId });
  expect(seen).toMatchObject({ listings: [{ id: listingId, title: 'Red shoes', priceMinor: 4_500 }] });
});

test('pinning again moves the pin; unpinning removes it once', async () => {
  const { host, streamId } = await liveStream(market);
  const { id: listingId } = await createListing(market, host);
  await market.ok(host, 'streams.pin', { streamId, listingId, x: 0, y: 0 });
  expect((await market.ok(host, 'streams.pin', { streamId, listingId, x: 1, y: 1 })).pins).toMatchObject([
    { x: 1, y: 1 },
  ]);
  expect((await market.ok(host, 'streams.unpin', { streamId, listingId })).pins).toEqual([]);
  expect(await market.fails(host, 'streams.unpin', { streamId, listingId })).toBe('streams.listing_not_found');
});

test('a host pins only listings of their own that can be seen', async () => {
  const { host, streamId } = await liveStream(market);
  const { id: foreign } = await createListing(market, await market.user());
  const { id: paused } = await createListing(market, host);
  await market.ok(host, 'listings.pause', { listingId: paused });
  for (const listingId of [foreign, paused, crypto.randomUUID()]) {
    expect(await market.fails(host, 'streams.pin', { streamId, listingId })).toBe('streams.listing_not_found');
  }
});
