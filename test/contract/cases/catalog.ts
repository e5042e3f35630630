import { confirmedUpload } from '../../support/disk.ts';
import { guest, system, type Harness, type TestUser } from '../../support/harness.ts';
import { categoryOf, createListing, listingInput } from '../../support/listings.ts';
import type { AreaCases, Call, OperationCases } from '../cases.ts';

const slug = () => `s_${crypto.randomUUID().replaceAll('-', '')}`;
const admin = (market: Harness) => market.user({ roles: ['admin'] });
const nobody = crypto.randomUUID();

const category = async (market: Harness, parentId?: string) =>
  market.ok(await admin(market), 'categories.create', {
    slug: slug(),
    name: 'Something',
    ...(parentId ? { parentId } : {}),
  });
const brand = async (market: Harness) =>
  market.ok(await admin(market), 'brands.create', { slug: slug(), name: 'Some brand' });

const byAdmin = (inputOf: (market: Harness) => Promise<Record<string, unknown>>): OperationCases => ({
  success: async (market) => ({ as: await admin(market), input: await inputOf(market) }),
  wrongActor: async (market) => ({ as: await market.user(), input: await inputOf(market), error: 'auth.forbidden' }),
});

const bySystem = (
  inputOf: (market: Harness) => Promise<Record<string, unknown>> = async () => ({}),
): OperationCases => ({
  success: async (market) => ({ as: system, input: await inputOf(market) }),
});

/** A command of a listing's seller. */
function bySeller(
  inputOf: (market: Harness, seller: TestUser) => Promise<Record<string, unknown>>,
  fields: Record<string, unknown> = {},
): OperationCases {
  const build = async (market: Harness): Promise<Call & { as: TestUser }> => {
    const seller = await market.user();
    const { id: listingId } = await createListing(market, seller, fields);
    return { as: seller, input: { listingId, ...(await inputOf(market, seller)) } };
  };
  return {
    success: build,
    async wrongActor(market) {
      const { input } = await build(market);
      return { as: await market.user(), input, error: 'listings.not_found' };
    },
  };
}

const nothing = async () => ({});
const image = async (market: Harness, seller: TestUser) => ({ imageIds: [await confirmedUpload(market, seller)] });

/** A call about somebody else's listing. */
async function forBuyer(market: Harness): Promise<{ as: TestUser; input: { listingId: string } }> {
  const { id: listingId } = await createListing(market, await market.user());
  return { as: await market.user(), input: { listingId } };
}

async function aboutOwn(market: Harness, name: string, { listing = {}, ...input }: Record<string, any>) {
  const seller = await market.user();
  const { id: listingId } = await createListing(market, seller, listing);
  return { as: seller, name, input: { listingId, ...input } };
}

/** Copies a listing row a thousand times, each with an id of its own. */
async function thousandListings(market: Harness, seller: TestUser): Promise<void> {
  const { id } = await createListing(market, seller);
  const columns = `seller_id, title, description, category_id, price_minor, currency, condition, quantity, reserved,
    feed, tags, images, images_settled, negotiable, quick_view_enabled, price_suggestion_used, state, card_version,
    favourites_due, published_at, version, created_at, updated_at`;
  await market.database.orm.em.getConnection().execute(
    `insert into listing (id, ${columns})
     select gen_random_uuid(), ${columns} from listing, generate_series(1, 1000) where id = ?`,
    [id],
  );
}

export const catalogCases: AreaCases = {
  operations: {
    'listings.followSellers': { success: async () => ({ as: system, input: {} }) },
    'listings.moderate': {
      async success(market) {
        const { id: listingId } = await createListing(market, await market.user());
        const input = { listingId, action: 'remove', reason: 'Counterfeit' };
        return { as: await market.user({ roles: ['moderator'] }), input };
      },
      async wrongActor(market) {
        const seller = await market.user({ roles: ['moderator'] });
        const { id: listingId } = await createListing(market, seller);
        return { as: seller, input: { listingId, action: 'restore', reason: 'Mine' }, error: 'auth.forbidden' };
      },
    },
    'categories.list': { success: async () => ({ as: guest, input: {} }) },
    'categories.get': { success: async (market) => ({ as: guest, input: { categoryId: await categoryOf(market) } }) },
    'categories.create': byAdmin(async () => ({ slug: slug(), name: 'Something' })),
    'categories.update': byAdmin(async (market) => ({ categoryId: (await category(market)).id, name: 'Renamed' })),
    'categories.remove': byAdmin(async (market) => ({ categoryId: (await category(market)).id })),
    'brands.list': { success: async () => ({ as: guest, input: {} }) },
    'brands.create': byAdmin(async () => ({ slug: slug(), name: 'Some brand' })),
    'brands.update': byAdmin(async (market) => ({ brandId: (await brand(market)).id, name: 'Renamed' })),
    'brands.remove': byAdmin(async (market) => ({ brandId: (await brand(market)).id })),
    'listings.create': { success: async (market) => ({ as: await market.user(), input: await listingInput(market) }) },
    'listings.update': bySeller(async () => ({ priceMinor: 4_200, quantity: 2 })),
    'listings.addImages': bySeller(image),
    'listings.publish': bySeller(nothing, { draft: true }),
    'listings.pause': bySeller(nothing),
    'listings.remove': bySeller(nothing),
    'listings.get': {
      // The seller's own look: anyone else's is counted after the answer, while the next case already runs.
      async success(market) {
        const seller = await market.user();
        return { as: seller, input: { listingId: (await createListing(market, seller)).id } };
      },
      async wrongActor(market) {
        const { id: listingId } = await createListing(market, await market.user(), { draft: true });
        return { as: await market.user(), input: { listingId }, error: 'listings.not_found' };
      },
    },
    'listings.search': {
      success: async () => ({ as: guest, input: { q: 'thing', near: { lat: 0, lon: 0, radiusKm: 5 } } }),
    },
    'listings.feed': { success: async () => ({ as: guest, input: { feed: 'community', near: { lat: 0, lon: 0 } } }) },
    'listings.mine': { success: async (market) => ({ as: await market.user(), input: {} }) },
    'listings.suggestPrice': {
      success: async (market) => ({
        as: await market.user(),
        input: { categoryId: await categoryOf(market), currency: 'AED' },
      }),
    },
    'favourites.add': {
      success: forBuyer,
      async wrongActor(market) {
        const { id: listingId } = await createListing(market, await market.user(), { draft: true });
        return { as: await market.user(), input: { listingId }, error: 'listings.not_found' };
      },
    },
    'favourites.remove': {
      async success(market) {
        const call = await forBuyer(market);
        await market.ok(call.as, 'favourites.add', call.input);
        return call;
      },
    },
    'favourites.list': { success: async (market) => ({ as: await market.user(), input: {} }) },
    'catalog.seed': bySystem(),
    'listings.recordView': bySystem(async (market) => ({
      ...(await forBuyer(market)).input,
      viewer: `user:${nobody}`,
    })),
    'listings.pruneViews': bySystem(),
    'listings.releaseReservations': bySystem(),
    'listings.settleImages': bySystem(),
    'favourites.tell': bySystem(),
  },
  errors: {
    async 'listings.taken_down'(market) {
      const seller = await market.user();
      const { id: listingId } = await createListing(market, seller, { draft: true });
      const moderator = await market.user({ roles: ['moderator'] });
      await market.ok(moderator, 'listings.moderate', { listingId, action: 'remove', reason: 'Counterfeit' });
      return { name: 'listings.publish', as: seller, input: { listingId } };
    },
    'categories.not_found': async () => ({ as: guest, name: 'categories.get', input: { slug: 'no_such_category' } }),
    async 'categories.taken'(market) {
      const { slug: taken } = await category(market);
      return { as: await admin(market), name: 'categories.create', input: { slug: taken, name: 'Again' } };
    },
    async 'categories.in_use'(market) {
      const { id } = await category(market);
      await category(market, id);
      return { as: await admin(market), name: 'categories.remove', input: { categoryId: id } };
    },
    async 'categories.cycle'(market) {
      const { id } = await category(market);
      return { as: await admin(market), name: 'categories.update', input: { categoryId: id, parentId: id } };
    },
    'brands.not_found': async (market) => ({
      as: await admin(market),
      name: 'brands.remove',
      input: { brandId: nobody },
    }),
    async 'brands.taken'(market) {
      const { slug: taken } = await brand(market);
      return { as: await admin(market), name: 'brands.create', input: { slug: taken, name: 'Again' } };
    },
    async 'brands.in_use'(market) {
      const { id: brandId } = await brand(market);
      await createListing(market, await market.user(), { brandId });
      return { as: await admin(market), name: 'brands.remove', input: { brandId } };
    },
    'listings.not_found': async () => ({ as: guest, name: 'listings.get', input: { listingId: nobody } }),
    'listings.wrong_state': (market) => aboutOwn(market, 'listings.publish', {}),
    async 'listings.no_stock'(market) {
      const call = await aboutOwn(market, 'listings.publish', { listing: { draft: true } });
      await market.ok(call.as, 'listings.update', { ...call.input, quantity: 0 });
      return call;
    },
    async 'listings.too_many'(market) {
      const seller = await market.user();
      await thousandListings(market, seller);
      return { as: seller, name: 'listings.create', input: await listingInput(market) };
    },
    'listings.original_price_too_low': (market) => aboutOwn(market, 'listings.update', { originalPriceMinor: 1 }),
    async 'listings.quantity_reserved'(market) {
      const call = await aboutOwn(market, 'listings.update', { quantity: 0 });
      await market.database.orm.em
        .getConnection()
        .execute('update listing set reserved = 1 where id = ?', [call.input.listingId]);
      return call;
    },
    async 'listings.too_many_images'(market) {
      const call = await aboutOwn(market, 'listings.addImages', {});
      const imageIds: string[] = [];
      for (let index = 0; index < 11; index += 1) imageIds.push(await confirmedUpload(market, call.as));
      await market.ok(call.as, 'listings.addImages', { ...call.input, imageIds: imageIds.slice(1) });
      return { ...call, input: { ...call.input, imageIds: imageIds.slice(0, 1) } };
    },
    'favourites.own_listing': (market) => aboutOwn(market, 'favourites.add', {}),
    async 'favourites.too_many'(market) {
      const [seller, person] = [await market.user(), await market.user()];
      await thousandListings(market, seller);
      await market.database.orm.em.getConnection().execute(
        `insert into favourite (id, user_id, listing_id, card_version, created_at)
         select gen_random_uuid(), ?, id, card_version, created_at from listing where seller_id = ? limit 1000`,
        [person.id, seller.id],
      );
      const { id: listingId } = await createListing(market, await market.user());
      return { as: person, name: 'favourites.add', input: { listingId } };
    },
  },
};
