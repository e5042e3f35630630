import type { z } from 'zod';

/** A nullable field of a view. Rows may hold `undefined` for an absent column; on the wire it is always `null`. */
export function orNull<T extends z.ZodType>(schema: T) {
  return schema.nullable().default(null as z.output<T> | null as never);
}
