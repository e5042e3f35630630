import { createHmac, hkdfSync, randomUUID, timingSafeEqual } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { Clock } from '../../kernel/clock.ts';
import { contentTypeOfKey, isObjectKey, type ObjectStore } from '../object-store.ts';

export interface DiskSettings {
  /** Absolute folder; created when missing. */
  readonly folder: string;
  /** Where clients reach this server, without a trailing slash. */
  readonly publicUrl: string;
  /** Signs upload and download URLs. */
  readonly secret: string;
  readonly clock: Clock;
}

/** Objects as files in a folder, with signed URLs that this server itself answers. */
export interface DiskStore {
  readonly store: ObjectStore;
  /** Answers `PUT /v1/uploads/<key>?max=…&expires=…&signature=…`: 200, 400, 403 or 413. */
  acceptPut(request: {
    readonly key: string;
    readonly query: URLSearchParams;
    readonly contentType: string;
    readonly body: ReadableStream<Uint8Array> | null;
  }): Promise<{ status: number; text: string }>;
  /** Answers `GET /v1/files/<key>`; objects that are not public need `expires` and `signature`. */
  openFile(request: {
    readonly key: string;
    readonly query: URLSearchParams;
  }): Promise<
    { status: 200; stream: ReadableStream<Uint8Array>; contentType: string; sizeBytes: number } | { status: 403 | 404 }
  >;
}

const staleTempMs = 60 * 60_000;

export function createDiskStore(settings: DiskSettings): DiskStore {
  const { folder, publicUrl } = settings;
  const temp = join(folder, 'temp');
  mkdirSync(temp, { recursive: true });
  removeStale(temp);
  const pathOf = (key: string): string => {
    if (!isObjectKey(key)) throw new Error(`not an object key: ${key}`);
    return join(folder, key);
  };
  const nowMs = () => Date.now() + settings.clock.offsetMs;
  // A key of its own: the secret also signs tokens, and one must never pass for the other.
  const signingKey = Buffer.from(hkdfSync('sha256', settings.secret, '', 'soko upload links', 32));
  const sign = (parts: readonly string[]) =>
    createHmac('sha256', signingKey).update(parts.join('\n')).digest('base64url');
  const signed = (query: URLSearchParams, parts: readonly string[]): boolean => {
    const expires = query.get('expires') ?? '';
    const fits = sameText(query.get('signature') ?? '', sign([...parts, expires]));
    return fits && Number(expires) > nowMs();
  };
  const store: ObjectStore = {
    async presignPut({ key, contentType, maxBytes, expiresInMs }) {
      const expires = String(nowMs() + expiresInMs);
      const max = String(maxBytes);
      const signature = sign(['PUT', key, contentType, max, expires]);
      const query = new URLSearchParams({ max, expires, signature });
      return { url: `${publicUrl}/v1/uploads/${key}?${query}`, headers: { 'Content-Type': contentType } };
    },
    async head(key) {
      const found = await stat(pathOf(key)).catch(absent);
      return found && { sizeBytes: found.size };
    },
    read: (key, { maxBytes }) => readStart(pathOf(key), maxBytes),
    write: (key, bytes) => writeWhole({ path: pathOf(key), temp }, Readable.from([bytes]), bytes.length).then(() => {}),
    remove: (key) => rm(pathOf(key), { force: true }),
    publicUrl: (key) => `${publicUrl}/v1/files/${key}`,
    async signedUrl(key, { expiresInMs }) {
      const expires = String(nowMs() + expiresInMs);
      const query = new URLSearchParams({ expires, signature: sign(['GET', key, expires]) });
      return `${publicUrl}/v1/files/${key}?${query}`;
    },
  };
  return {
    store,
    async acceptPut({ key, query, contentType, body }) {
      const max = query.get('max') ?? '';
      if (!isObjectKey(key) || !signed(query, ['PUT', key, contentType, max])) {
        return { status: 403, text: 'The signature does not fit this key and Content-Type, or it has expired.' };
      }
      if (!body) return { status: 400, text: 'The body is empty.' };
      const written = await writeWhole({ path: pathOf(key), temp }, body, Number(max));
      return written ? { status: 200, text: '' } : { status: 413, text: `The body is larger than ${max} bytes.` };
    },
    async openFile({ key, query }) {
      if (!isObjectKey(key)) return { status: 404 };
      if (!key.startsWith('public/') && !signed(query, ['GET', key])) return { status: 403 };
      const handle = await open(pathOf(key)).catch(absent);
      if (!handle) return { status: 404 };
      const found = await handle.stat();
      if (!found.isFile()) {
        await handle.close();
        return { status: 404 };
      }
      const stream = Readable.toWeb(handle.createReadStream()) as ReadableStream<Uint8Array>;
      return { status: 200, stream, contentType: contentTypeOfKey(key), sizeBytes: found.size };
    },
  };
}

/** Writes beside the target, syncs and renames: readers see all or nothing. False when the body is too large. */
async function writeWhole(
  at: { path: string; temp: string },
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<boolean> {
  const temp = join(at.temp, randomUUID());
  try {
    const handle = await open(temp, 'wx');
    try {
      let sizeBytes = 0;
      for await (const chunk of body) {
        sizeBytes += chunk.length;
        if (sizeBytes > maxBytes) return false;
        await handle.appendFile(chunk);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await mkdir(dirname(at.path), { recursive: true });
    await rename(temp, at.path);
    return true;
  } finally {
    await rm(temp, { force: true });
  }
}

async function readStart(path: string, maxBytes: number): Promise<Uint8Array | null> {
  const handle = await open(path).catch(absent);
  if (!handle) return null;
  try {
    const { size } = await handle.stat();
    const bytes = new Uint8Array(Math.min(size, maxBytes));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await handle.close();
  }
}

/** Uploads cut off by a crash. Younger ones may belong to another process that shares the folder. */
function removeStale(temp: string): void {
  for (const name of readdirSync(temp)) {
    const path = join(temp, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found && Date.now() - found.mtimeMs > staleTempMs) rmSync(path, { force: true });
  }
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'EISDIR' || error.code === 'ENOTDIR') return null;
  throw error;
}

function sameText(left: string, right: string): boolean {
  const a = Buffer.from(left);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}
