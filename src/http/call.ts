import type { Actor } from '../domain/kernel/index.ts';
import { dataOf } from './answer.ts';
import { snakeIssues } from './naming.ts';
import { metaOf, type HttpContext, type HttpParts } from './parts.ts';

/** Runs an operation for a route with snake_case fields and returns its data; errors name the fields as sent. */
export async function callForApp<Data>(
  c: HttpContext,
  parts: HttpParts,
  { name, input, actor }: { name: string; input: Record<string, unknown>; actor: Actor },
): Promise<Data> {
  return dataOf(snakeIssues(await parts.execute(name, input, { actor, meta: metaOf(c) })));
}
