import { connect, type SokoClient } from '../../client/src/index.ts';
import type { Market } from './market.ts';
import type { Posted } from './selling.ts';
import { expect } from './timeline.ts';

/** The seller goes live; viewer counts are pushed while guests and users come and go. */
export async function goLive({ seller, buyer, url, timeline }: Market, { listingId }: Posted): Promise<void> {
  const { id: streamId } = await seller.call('streams.schedule', { title: 'Evening market: shoes' });
  const { ingest, hlsUrl } = await seller.call('streams.goLive', { streamId });
  expect(ingest.streamKey.length > 20, 'the host gets a stream key');
  seller.says(`goes live; sends to ${ingest.rtmpUrl}, plays from ${hlsUrl}`);
  await seller.hears('stream.changed', ({ id, state }) => id === streamId && state === 'live', 'the stream is live');
  await seller.call('streams.pin', { streamId, listingId, x: 0.3, y: 0.6 });
  seller.says('pins the shoes');
  const room = `stream:${streamId}`;
  await seller.client.join(room);
  const counted = (count: number) =>
    seller.notices('stream.viewers', (data) => data.streamId === streamId && data.count === count, `${count} watching`);
  await counted(1);
  const joined = await buyer.client.join(room);
  const { listings } = joined.snapshot as { listings: { id: string }[] };
  expect(listings[0]?.id === listingId, 'a joiner sees the pinned listing');
  buyer.says('joins and sees the pinned shoes');
  await counted(2);
  const guests = await Promise.all([1, 2, 3].map(() => connect({ url })));
  await Promise.all(guests.map((guest) => guest.join(room)));
  timeline.line('guests', 'three of them join');
  await counted(5);
  await talk({ seller, buyer, streamId, guest: guests[0] as SokoClient, timeline });
  guests[0]?.drop(60_000);
  for (const guest of guests) guest.close();
  timeline.line('guests', 'all three go, one of them by a dead connection');
  await counted(2);
  await joined.leave();
  buyer.says('leaves');
  const card = await seller.call('streams.get', { streamId });
  expect(card.viewerCount >= 1 && card.viewerCount <= 2, 'the stream counts its viewers');
  await seller.call('streams.end', { streamId });
  await seller.hears('stream.changed', ({ id, state }) => id === streamId && state === 'ended', 'the stream has ended');
}

interface Talk {
  readonly seller: Market['seller'];
  readonly buyer: Market['buyer'];
  readonly guest: SokoClient;
  readonly streamId: string;
  readonly timeline: Market['timeline'];
}

async function talk({ seller, buyer, guest, streamId, timeline }: Talk): Promise<void> {
  const heard = new Promise<string>((resolve) => {
    guest.on('stream.said', ({ data }) => resolve((data as { text: string }).text));
  });
  await buyer.call('streams.say', { streamId, text: 'Do you have them in 43?' });
  buyer.says('"Do you have them in 43?"');
  expect((await heard) === 'Do you have them in 43?', 'guests read the live chat');
  timeline.line('guests', '◂ read it in the live chat');
  await buyer.call('streams.react', { streamId, kind: 'heart', count: 7 });
  await seller.notices('stream.reactions', (data) => data.streamId === streamId && data.totals.heart === 7, '7 hearts');
}
