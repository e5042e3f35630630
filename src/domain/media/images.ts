import sharp from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { mediaRules } from './rules.ts';

export interface ProcessedImage {
  readonly full: Uint8Array;
  readonly preview: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** ThumbHash, base64. */
  readonly thumbhash: string;
}

const input = { limitInputPixels: mediaRules.inputPixelsMax, failOn: 'error' } as const;

/**
 * Turns an image upright, drops its metadata (where and with what it was taken), bounds its size and makes a preview.
 * Throws when the bytes are not an image that can be decoded within the pixel bound.
 */
export async function processImage(bytes: Uint8Array): Promise<ProcessedImage> {
  const fit = { fit: 'inside', withoutEnlargement: true } as const;
  const { fullPixels, previewPixels } = mediaRules;
  // sharp writes no metadata unless asked to.
  const full = await sharp(bytes, input)
    .rotate()
    .resize(fullPixels, fullPixels, fit)
    .webp({ quality: 82 })
    .toBuffer({ resolveWithObject: true });
  const preview = await sharp(full.data).resize(previewPixels, previewPixels, fit).webp({ quality: 75 }).toBuffer();
  const tiny = await sharp(full.data).resize(100, 100, fit).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const hash = rgbaToThumbHash(tiny.info.width, tiny.info.height, tiny.data);
  const { width, height } = full.info;
  return { full: full.data, preview, width, height, thumbhash: Buffer.from(hash).toString('base64') };
}
