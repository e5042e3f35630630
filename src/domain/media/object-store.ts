import { definePort } from '../kernel/ports.ts';

/**
 * Where uploaded bytes live: an S3 bucket or a folder. Keys are made by this area only and start with one of three
 * prefixes: `incoming/` (as the client sent it, never served), `public/` (served to anyone who has the URL) and
 * `private/` (served only through short-lived signed URLs).
 */
export interface ObjectStore {
  /** A URL that accepts one kind of PUT until it expires. The client sends exactly `headers`. */
  presignPut(request: {
    readonly key: string;
    readonly contentType: string;
    readonly maxBytes: number;
    readonly expiresInMs: number;
  }): Promise<{ url: string; headers: Record<string, string> }>;
  /** The true size, or null when there is no such object. */
  head(key: string): Promise<{ sizeBytes: number } | null>;
  /** The first `maxBytes` bytes, or null when there is no such object. */
  read(key: string, bound: { readonly maxBytes: number }): Promise<Uint8Array | null>;
  write(key: string, bytes: Uint8Array, contentType: string): Promise<void>;
  /** Removing what is not there succeeds. */
  remove(key: string): Promise<void>;
  /** The lasting URL of a `public/` object. */
  publicUrl(key: string): string;
  /** A URL that serves the object until it expires. */
  signedUrl(key: string, bound: { readonly expiresInMs: number }): Promise<string>;
}

export const objectStorePort = definePort<ObjectStore>('media.objectStore');

/** Keys are prefix, then plain segments, then an optional extension: no dots that could climb out of a folder. */
const keyPattern = /^(incoming|public|private)(\/[A-Za-z0-9_-]{1,64}){1,4}(\.[a-z0-9]{1,5})?$/;

export function isObjectKey(key: string): boolean {
  return keyPattern.test(key);
}

/** Types this market stores, by file extension. Keys carry the extension, so that a folder can answer with the type. */
export const contentTypes = {
  avif: 'image/avif',
  gif: 'image/gif',
  jpg: 'image/jpeg',
  mp4: 'video/mp4',
  pdf: 'application/pdf',
  png: 'image/png',
  webp: 'image/webp',
} as const;

export type ContentType = (typeof contentTypes)[keyof typeof contentTypes];

export function extensionOf(contentType: ContentType): string {
  const [extension] = Object.entries(contentTypes).find(([, type]) => type === contentType) ?? ['bin'];
  return extension;
}

export function contentTypeOfKey(key: string): string {
  const extension = key.slice(key.lastIndexOf('.') + 1);
  return contentTypes[extension as keyof typeof contentTypes] ?? 'application/octet-stream';
}
