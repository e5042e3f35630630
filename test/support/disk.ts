import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { clockPort, definePort, type Ports } from '../../src/domain/kernel/index.ts';
import { createDiskStore, objectStorePort, type DiskStore } from '../../src/domain/media/index.ts';
import type { Harness, TestUser } from './harness.ts';

/** The side of the disk store that HTTP serves. */
export const diskPort = definePort<DiskStore>('test.disk');

export function bindTestDisk(ports: Ports): void {
  const folder = mkdtempSync(join(tmpdir(), 'soko-files-'));
  const secret = 'test-secret-of-32-characters-long';
  const disk = createDiskStore({ folder, publicUrl: 'http://soko.test', secret, clock: ports.get(clockPort) });
  ports.bind(diskPort, disk).bind(objectStorePort, disk.store);
}

/** Splits a URL that the disk store signed into what its HTTP side is called with. */
export function partsOf(url: string): { key: string; query: URLSearchParams } {
  const { pathname, searchParams } = new URL(url);
  return { key: pathname.replace(/^\/v1\/(uploads|files)\//, ''), query: searchParams };
}

export async function put(
  market: Harness,
  url: string,
  { bytes, contentType }: { bytes: Uint8Array; contentType: string },
) {
  const body = new Blob([bytes]).stream() as never;
  return market.ports.get(diskPort).acceptPut({ ...partsOf(url), contentType, body });
}

export function photo({ width = 60, height = 40 } = {}): Promise<Uint8Array> {
  return sharp({ create: { width, height, channels: 3, background: '#c84' } })
    .jpeg()
    .toBuffer();
}

/** A confirmed upload, not processed yet. */
export async function confirmedUpload(
  market: Harness,
  owner: TestUser,
  { purpose = 'listing', bytes }: { purpose?: string; bytes?: Uint8Array } = {},
): Promise<string> {
  const { uploadUrl, objectKey, uploadId } = await market.ok(owner, 'uploads.presign', {
    filename: 'photo.jpg',
    contentType: 'image/jpeg',
    purpose,
  });
  await put(market, uploadUrl, { bytes: bytes ?? (await photo()), contentType: 'image/jpeg' });
  await market.ok(owner, 'uploads.confirm', { objectKey });
  return uploadId;
}
