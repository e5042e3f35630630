import { randomBytes } from 'node:crypto';
import { limits } from '../kernel/limits.ts';
import type { ContentType } from './object-store.ts';

export const purposes = ['listing', 'avatar', 'chat', 'evidence', 'verification', 'stream', 'review'] as const;
export type Purpose = (typeof purposes)[number];

export interface PurposeRule {
  readonly types: readonly ContentType[];
  readonly maxBytes: number;
  /** Private objects are served only through short-lived signed URLs. */
  readonly visibility: 'public' | 'private';
}

const mebibyte = 1024 * 1024;
const photos = ['image/jpeg', 'image/png', 'image/webp', 'image/avif'] as const;

export const purposeRules: Readonly<Record<Purpose, PurposeRule>> = {
  listing: { types: photos, maxBytes: 10 * mebibyte, visibility: 'public' },
  avatar: { types: photos, maxBytes: 5 * mebibyte, visibility: 'public' },
  chat: { types: [...photos, 'image/gif'], maxBytes: 10 * mebibyte, visibility: 'public' },
  evidence: { types: [...photos, 'application/pdf', 'video/mp4'], maxBytes: limits.uploadBytes, visibility: 'private' },
  verification: { types: [...photos, 'application/pdf'], maxBytes: 10 * mebibyte, visibility: 'private' },
  review: { types: photos, maxBytes: 5 * mebibyte, visibility: 'public' },
  stream: { types: photos, maxBytes: 5 * mebibyte, visibility: 'public' },
};

export const mediaRules = {
  /** How long the upload URL works. */
  urlExpiresInMs: 15 * 60_000,
  /** Well after the URL: no PUT can arrive for an upload that has expired. */
  unconfirmedMs: 60 * 60_000,
  unfinishedPerOwnerMax: 50,
  linkExpiresInMs: 5 * 60_000,
  /** Enough for the signatures of every type in the table. */
  sniffBytes: 4_100,
  previewPixels: 320,
  fullPixels: 2_048,
  /** About 50 megapixels: a phone's largest photo passes, a decompression bomb does not. */
  inputPixelsMax: 50_000_000,
  processAttemptsMax: 3,
  processLeaseMs: 2 * 60_000,
  processRetryMs: 30_000,
  processBatch: 4,
} as const;

/** A random name, so that URLs of public objects cannot be guessed and never carry what the client called its file. */
export function randomName(): string {
  return randomBytes(16).toString('base64url');
}

/** The last path segment without control characters, quotes and brackets; shown to the owner only. */
export function sanitiseFilename(filename: string): string {
  const base = filename.split(/[/\\]/).at(-1) ?? '';
  const clean = base
    .normalize('NFC')
    .replaceAll(/[\p{C}"'<>|:*?]/gu, '')
    .trim();
  return [...clean].slice(-100).join('').replace(/^\.+/, '') || 'upload';
}

export function isImage(contentType: string): boolean {
  return contentType.startsWith('image/');
}
