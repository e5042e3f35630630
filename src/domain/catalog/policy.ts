import type { Actor } from '../kernel/actor.ts';
import type { Listing } from './entities.ts';

/** Sellers see all of theirs; others see what was published and not removed, a paused or sold one by its id only. */
export function isVisibleTo({ sellerId, state }: Pick<Listing, 'sellerId' | 'state'>, actor: Actor): boolean {
  if (actor.kind === 'system') return true;
  if (actor.kind === 'user' && actor.userId === sellerId) return true;
  return state !== 'draft' && state !== 'removed';
}
