import { system, type Harness, type TestUser } from '../../support/harness.ts';
import { createListing } from '../../support/listings.ts';
import { liveStream } from '../../streams/live-stream.ts';
import type { AreaCases, Call, OperationCases } from '../cases.ts';

type Fields = Record<string, unknown>;

async function scheduled(market: Harness): Promise<{ host: TestUser; streamId: string }> {
  const host = await market.user();
  return { host, streamId: (await market.ok(host, 'streams.schedule', { title: 'Tomorrow' })).id };
}

/** A call of the host on a live stream, refused to anyone else. */
function byHost(fields: (market: Harness) => Promise<Fields>): OperationCases {
  return {
    async success(market) {
      const { host, streamId } = await liveStream(market);
      return { as: host, input: { streamId, ...(await fields(market)) } };
    },
    async wrongActor(market) {
      const { streamId } = await liveStream(market);
      return { as: await market.user(), input: { streamId, ...(await fields(market)) }, error: 'auth.forbidden' };
    },
  };
}

function byViewer(fields: Fields): OperationCases {
  return {
    async success(market) {
      const { streamId } = await liveStream(market);
      return { as: await market.user(), input: { streamId, ...fields } };
    },
    async wrongActor(market) {
      const { host, streamId } = await liveStream(market);
      const banned = await market.user();
      await market.ok(host, 'streams.ban', { streamId, userId: banned.id });
      return { as: banned, input: { streamId, ...fields }, error: 'streams.banned' };
    },
  };
}

async function pinned(market: Harness): Promise<{ host: TestUser; input: Fields }> {
  const { host, streamId } = await liveStream(market);
  const { id: listingId } = await createListing(market, host);
  await market.ok(host, 'streams.pin', { streamId, listingId });
  return { host, input: { streamId, listingId } };
}

/** A message of a viewer after what the host did to the stream or to them. */
async function refusedWord(
  market: Harness,
  name: string,
  fields: (viewer: TestUser) => Fields,
): Promise<Call & { name: string }> {
  const { host, streamId } = await liveStream(market);
  const viewer = await market.user();
  await market.ok(host, name, { streamId, ...fields(viewer) });
  return { name: 'streams.say', as: viewer, input: { streamId, text: 'Hello' } };
}

export const streamsCases: AreaCases = {
  operations: {
    'streams.schedule': {
      success: async (market) => ({ as: await market.user(), input: { title: 'Evening market' } }),
    },
    'streams.goLive': {
      async success(market) {
        const { host, streamId } = await scheduled(market);
        return { as: host, input: { streamId } };
      },
      async wrongActor(market) {
        const { streamId } = await scheduled(market);
        return { as: await market.user(), input: { streamId }, error: 'auth.forbidden' };
      },
    },
    'streams.end': byHost(async () => ({})),
    'streams.rotateKey': byHost(async () => ({})),
    'streams.get': {
      success: async (market) => ({ as: null, input: { streamId: (await liveStream(market)).streamId } }),
    },
    'streams.list': { success: async () => ({ as: null, input: { which: 'live' } }) },
    'streams.say': byViewer({ text: 'Which sizes?' }),
    'streams.react': byViewer({ kind: 'heart' }),
    'streams.pin': {
      async success(market) {
        const { host, streamId } = await liveStream(market);
        return { as: host, input: { streamId, listingId: (await createListing(market, host)).id, x: 0.5, y: 0.25 } };
      },
      async wrongActor(market) {
        const { streamId } = await liveStream(market);
        const other = await market.user();
        return {
          as: other,
          input: { streamId, listingId: (await createListing(market, other)).id },
          error: 'auth.forbidden',
        };
      },
    },
    'streams.unpin': {
      async success(market) {
        const { host, input } = await pinned(market);
        return { as: host, input };
      },
      async wrongActor(market) {
        const { input } = await pinned(market);
        return { as: await market.user(), input, error: 'auth.forbidden' };
      },
    },
    'streams.setSlowMode': byHost(async () => ({ seconds: 10 })),
    'streams.mute': byHost(async (market) => ({ userId: (await market.user()).id })),
    'streams.ban': byHost(async (market) => ({ userId: (await market.user()).id })),
    'streams.recordView': {
      async success(market) {
        const { streamId } = await liveStream(market);
        return { as: system, input: { id: streamId, userId: (await market.user()).id } };
      },
    },
    'streams.measure': { success: async () => ({ as: system, input: { after: null } }) },
    'streams.sweep': { success: async () => ({ as: system, input: {} }) },
  },
  errors: {
    async 'streams.unavailable'(market) {
      const { host, streamId } = await liveStream(market);
      const viewer = await market.user();
      await market.ok(viewer, 'blocks.add', { userId: host.id });
      return { name: 'streams.react', as: viewer, input: { streamId, kind: 'heart' } };
    },
    'streams.not_found': async (market) => ({
      name: 'streams.end',
      as: await market.user(),
      input: { streamId: crypto.randomUUID() },
    }),
    async 'streams.listing_not_found'(market) {
      const { host, streamId } = await liveStream(market);
      const { id: listingId } = await createListing(market, await market.user());
      return { name: 'streams.pin', as: host, input: { streamId, listingId } };
    },
    async 'streams.user_not_found'(market) {
      const { host, streamId } = await liveStream(market);
      return { name: 'streams.ban', as: host, input: { streamId, userId: crypto.randomUUID() } };
    },
    async 'streams.host_untouchable'(market) {
      const { host, streamId } = await liveStream(market);
      return { name: 'streams.mute', as: host, input: { streamId, userId: host.id } };
    },
    async 'streams.too_many'(market) {
      const host = await market.user();
      for (let open = 0; open < 50; open += 1) await market.ok(host, 'streams.schedule', { title: `Stream ${open}` });
      return { name: 'streams.schedule', as: host, input: { title: 'One more' } };
    },
    async 'streams.over'(market) {
      const { host, streamId } = await liveStream(market);
      await market.ok(host, 'streams.end', { streamId });
      return { name: 'streams.goLive', as: host, input: { streamId } };
    },
    async 'streams.already_live'(market) {
      const { host } = await liveStream(market);
      const { id: streamId } = await market.ok(host, 'streams.schedule', { title: 'A second one' });
      return { name: 'streams.goLive', as: host, input: { streamId } };
    },
    async 'streams.not_live'(market) {
      const { streamId } = await scheduled(market);
      return { name: 'streams.say', as: await market.user(), input: { streamId, text: 'Too early' } };
    },
    async 'streams.pins_full'(market) {
      const { host, streamId } = await liveStream(market);
      for (let pins = 0; pins < 20; pins += 1) {
        await market.ok(host, 'streams.pin', { streamId, listingId: (await createListing(market, host)).id });
      }
      return { name: 'streams.pin', as: host, input: { streamId, listingId: (await createListing(market, host)).id } };
    },
    'streams.banned': (market) => refusedWord(market, 'streams.ban', ({ id }) => ({ userId: id })),
    'streams.muted': (market) => refusedWord(market, 'streams.mute', ({ id }) => ({ userId: id })),
    async 'streams.slow_mode'(market) {
      const call = await refusedWord(market, 'streams.setSlowMode', () => ({ seconds: 60 }));
      await market.ok(call.as, 'streams.say', call.input);
      return call;
    },
  },
};
