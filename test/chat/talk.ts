import type { Harness, TestUser } from '../support/harness.ts';
import { createListing } from '../support/listings.ts';

/** A buyer in conversation with a seller. */
export interface Talk {
  readonly seller: TestUser;
  readonly buyer: TestUser;
  readonly conversationId: string;
}

export async function talk(market: Harness): Promise<Talk> {
  const [seller, buyer] = [await market.user(), await market.user()];
  const { id: listingId } = await createListing(market, seller);
  const { id: conversationId } = await market.ok(buyer, 'conversations.open', { listingId });
  return { seller, buyer, conversationId };
}

export function say(
  market: Harness,
  as: TestUser,
  { conversationId, text = 'Hello' }: { conversationId: string; text?: string },
) {
  return market.ok(as, 'messages.send', { conversationId, kind: 'text', text });
}

/** A conversation as a person's pushed events leave it. */
export async function foldedConversation(market: Harness, user: TestUser, id: string) {
  const events = await market.inboxOf(user);
  return events.map(({ data }) => data).findLast((data) => data.entity === 'conversation' && data.id === id);
}

/** Ages a message, which the server's own clock cannot do for one row alone. */
export async function age(market: Harness, messageId: string, minutes: number): Promise<void> {
  await market.database
    .fork()
    .getConnection()
    .execute(`update message set at = at - interval '${minutes} minutes' where id = ?`, [messageId]);
}
