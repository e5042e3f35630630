import { z } from 'zod';
import { CommandError } from './errors.ts';
import { limits } from './limits.ts';

/** Fields that every list query takes. */
export const pageInput = {
  cursor: z.string().max(512).optional(),
  limit: z.int().min(1).max(limits.pageSizeMax).default(limits.pageSizeDefault),
};

/** `{ items, nextCursor }`; `nextCursor` is null on the last page. */
export function page<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** A cursor is the sort key of the last row, opaque to clients. */
export function encodeCursor(key: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** Reads a cursor back against the shape of its key; a forged or foreign one is `input.invalid`. */
export function decodeCursor<T extends z.ZodType>(cursor: string | undefined, shape: T): z.infer<T> | null {
  if (cursor === undefined) return null;
  try {
    return shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw new CommandError('input.invalid', { issues: [{ path: 'cursor', message: 'not a cursor of this list' }] });
  }
}

/** Cuts `limit + 1` rows to a page: fetch one more than asked, and its presence says whether there is another page. */
export function cutPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  map: { item: (row: Row) => Item; key: (row: Row) => readonly (string | number | null)[] },
): { items: Item[]; nextCursor: string | null } {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  const nextCursor = rows.length > limit && last !== undefined ? encodeCursor(map.key(last)) : null;
  return { items: kept.map(map.item), nextCursor };
}
