import { objectStorePort } from '../../../src/domain/media/index.ts';
import { confirmedUpload, photo, put } from '../../support/disk.ts';
import { system, type Harness, type TestUser } from '../../support/harness.ts';
import { createListing } from '../../support/listings.ts';
import type { AreaCases } from '../cases.ts';

const jpeg = { filename: 'photo.jpg', contentType: 'image/jpeg', purpose: 'listing' };

const presigned = (market: Harness, as: TestUser) => market.ok(as, 'uploads.presign', jpeg);

async function uploaded(market: Harness, bytes?: Uint8Array) {
  const owner = await market.user();
  const { objectKey, uploadUrl } = await presigned(market, owner);
  await put(market, uploadUrl, { bytes: bytes ?? (await photo()), contentType: 'image/jpeg' });
  return { owner, objectKey };
}

const confirming = async (market: Harness, bytes?: Uint8Array) => {
  const { owner, objectKey } = await uploaded(market, bytes);
  return { as: owner, name: 'uploads.confirm', input: { objectKey } };
};

async function processed(market: Harness, bytes?: Uint8Array) {
  const owner = await market.user();
  const uploadId = await confirmedUpload(market, owner, bytes ? { bytes } : {});
  await market.runJob('uploads.process');
  return { owner, uploadId };
}

export const mediaCases: AreaCases = {
  operations: {
    'uploads.presign': { success: async (market) => ({ as: await market.user(), input: jpeg }) },
    'uploads.confirm': {
      async success(market) {
        const { owner, objectKey } = await uploaded(market);
        return { as: owner, input: { objectKey, width: 60, height: 40 } };
      },
      async wrongActor(market) {
        const { objectKey } = await uploaded(market);
        return { as: await market.user(), input: { objectKey }, error: 'uploads.not_found' };
      },
    },
    'uploads.link': {
      async success(market) {
        const { owner, uploadId } = await processed(market);
        return { as: owner, input: { uploadId } };
      },
      async wrongActor(market) {
        const { uploadId } = await processed(market);
        return { as: await market.user(), input: { uploadId }, error: 'uploads.not_found' };
      },
    },
    'uploads.claim': {
      async success(market) {
        await confirmedUpload(market, await market.user());
        return { as: system, input: {} };
      },
    },
    'uploads.record': {
      async success(market) {
        const uploadId = await confirmedUpload(market, await market.user());
        await market.ok(system, 'uploads.claim');
        return { as: system, input: { uploadId, attempt: 1, outcome: { kind: 'failed' } } };
      },
    },
    'uploads.expire': { success: async () => ({ as: system, input: {} }) },
    'uploads.listLeftovers': { success: async () => ({ as: system, input: {} }) },
    'uploads.recordCleaned': {
      async success(market) {
        const { uploadId } = await processed(market);
        return { as: system, input: { uploadIds: [uploadId] } };
      },
    },
  },
  errors: {
    'uploads.not_found': async (market) => ({
      as: await market.user(),
      name: 'uploads.confirm',
      input: { objectKey: 'incoming/none.jpg' },
    }),
    'uploads.type_not_allowed': async (market) => ({
      as: await market.user(),
      name: 'uploads.presign',
      input: { ...jpeg, contentType: 'text/html' },
    }),
    'uploads.too_large': async (market) => ({
      as: await market.user(),
      name: 'uploads.presign',
      input: { ...jpeg, sizeBytes: 1_000_000_000 },
    }),
    async 'uploads.too_many'(market) {
      const owner = await market.user();
      for (let index = 0; index < 50; index += 1) await presigned(market, owner);
      return { as: owner, name: 'uploads.presign', input: jpeg };
    },
    async 'uploads.expired'(market) {
      const call = await confirming(market);
      await market.database.orm.em
        .getConnection()
        .execute(`update upload set state = 'expired', deadline = null where object_key = ?`, [call.input.objectKey]);
      return call;
    },
    async 'uploads.rejected'(market) {
      const call = await confirming(market);
      await market.ok(call.as, 'uploads.confirm', call.input);
      await market.ports.get(objectStorePort).remove(call.input.objectKey);
      await market.runJob('uploads.process');
      return call;
    },
    async 'uploads.missing'(market) {
      const owner = await market.user();
      const { objectKey } = await presigned(market, owner);
      return { as: owner, name: 'uploads.confirm', input: { objectKey } };
    },
    'uploads.type_mismatch': (market) => confirming(market, Buffer.from('not an image')),
    async 'uploads.not_confirmed'(market) {
      const owner = await market.user();
      const { uploadId } = await presigned(market, owner);
      const { id: listingId } = await createListing(market, owner);
      return { as: owner, name: 'listings.addImages', input: { listingId, imageIds: [uploadId] } };
    },
    async 'uploads.not_ready'(market) {
      const owner = await market.user();
      return { as: owner, name: 'uploads.link', input: { uploadId: await confirmedUpload(market, owner) } };
    },
  },
};
