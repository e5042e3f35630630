import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { createListing } from '../support/listings.ts';
import { bindTestPorts } from '../support/ports.ts';

let market: Harness;
let seller: TestUser;
let buyer: TestUser;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  [seller, buyer] = [await market.user({ fullName: 'Sela' }), await market.user({ fullName: 'Bo' })];
});
afterAll(() => market.close());

async function opened(): Promise<string> {
  const listing = await createListing(market, seller);
  return (await market.ok(buyer, 'conversations.open', { listingId: listing.id })).id;
}


test('a message reaches both inboxes as one event with the message and the side\'s own view', async () => {
  const conversationId = await opened();
  const { id } = await market.ok(buyer, 'messages.send', { conversationId, kind: 'text', text: 'Still there?' });
  for (const [user, unread] of [[buyer, 0], [seller, 1]] as const) {
    const { type, data } = (await market.inboxOf(user)).at(-1)!;
    expect([type, data.entity, data.id, data.unread, data.change.message.id]).toEqual(['message.sent', 'conversation', conversationId, unread, id]);
    expect(data.lastMessage).toMatchObject({ seq: 1, text: 'Still there?', senderId: buyer.id });
  }
});
