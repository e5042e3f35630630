import type { z } from 'zod';
import { ListingCard, listingCards } from '../catalog/index.ts';
import { publicProfiles, PublicUserView } from '../identity/index.ts';
import type { Db } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { lastMessages } from './conversations.ts';
import type { Conversation } from './entities.ts';
import { ConversationView, conversationView, otherOf, type Ported } from './views.ts';

/**
 * A conversation with the other side's profile and the listing's card as they are now. Only in answers: a pushed view
 * must not depend on what changes without an event of this area.
 */
export const ConversationAnswer = ConversationView.extend({ other: PublicUserView, listing: ListingCard });

export async function describeConversations(
  reader: Ported & { db: Db },
  viewerId: string,
  conversations: readonly Conversation[],
): Promise<z.input<typeof ConversationAnswer>[]> {
  const profiles = await publicProfiles(
    reader.db,
    conversations.map((conversation) => otherOf(conversation, viewerId)),
  );
  const cards = await listingCards(
    reader,
    conversations.map(({ listingId }) => listingId),
  );
  const last = await lastMessages(reader.db, conversations);
  return conversations.map((conversation) => {
    const other = profiles.get(otherOf(conversation, viewerId));
    const listing = cards.get(conversation.listingId);
    assert(other && listing, `conversation ${conversation.id} has two sides and a listing`);
    return { ...conversationView(conversation, viewerId, last.get(conversation.id) ?? null), other, listing };
  });
}
