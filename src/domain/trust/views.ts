import { z } from 'zod';
import { UserId } from '../kernel/ids.ts';
import { iso, Timestamp } from '../kernel/timestamp.ts';
import type { Block } from './entities.ts';

/** A block as the person who made it sees it; nobody else does. It never changes but by its end. */
export const BlockView = z.object({
  id: z.uuid(),
  version: z.int(),
  deleted: z.literal(true).optional(),
  userId: UserId.describe('Who is blocked.'),
  createdAt: Timestamp,
});

export function blockView({ id, blockedId, createdAt }: Block): z.input<typeof BlockView> {
  return { id, version: 1, userId: blockedId, createdAt: iso(createdAt) };
}

export function endedBlockView(block: Block): z.input<typeof BlockView> {
  return { ...blockView(block), version: 2, deleted: true };
}
