import { v7 } from 'uuid';
import { z } from 'zod';

/** A branded UUID schema: `const OfferId = id('OfferId')`. Ids are UUIDv7, so they sort by creation time. */
export function id<const Brand extends string>(brand: Brand) {
  return z.uuid().brand(brand).describe(brand);
}

export const UserId = id('UserId');
export type UserId = z.infer<typeof UserId>;
export const SessionId = id('SessionId');
export type SessionId = z.infer<typeof SessionId>;

/** A new UUIDv7 (RFC 9562), branded by the caller's expected type. */
export function newId<Id extends string>(): Id {
  return v7() as Id;
}
