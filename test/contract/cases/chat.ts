import { age, say, talk } from '../../chat/talk.ts';
import type { Harness } from '../../support/harness.ts';
import { createListing } from '../../support/listings.ts';
import type { AreaCases, OperationCases } from '../cases.ts';

/** An operation on a conversation: good for a side of it, unknown to a stranger. */
function onConversation(more: Record<string, unknown> = {}): OperationCases {
  return {
    async success(market) {
      const found = await talk(market);
      await say(market, found.seller, found);
      return { as: found.buyer, input: { conversationId: found.conversationId, ...more } };
    },
    async wrongActor(market) {
      const { conversationId } = await talk(market);
      return { as: await market.user(), input: { conversationId, ...more }, error: 'conversations.not_found' };
    },
  };
}

async function sent(market: Harness) {
  const found = await talk(market);
  const { id: messageId } = await say(market, found.buyer, found);
  return { ...found, messageId };
}

export const chatCases: AreaCases = {
  operations: {
    'conversations.open': {
      async success(market) {
        const { id: listingId } = await createListing(market, await market.user());
        return { as: await market.user(), input: { listingId } };
      },
      async wrongActor(market) {
        const seller = await market.user();
        const { id: listingId } = await createListing(market, seller);
        return { as: seller, input: { listingId }, error: 'conversations.own_listing' };
      },
    },
    'conversations.list': {
      success: async (market) => ({ as: (await talk(market)).buyer, input: {} }),
    },
    'conversations.get': onConversation(),
    'conversations.archive': onConversation(),
    'conversations.unarchive': onConversation(),
    'conversations.mute': onConversation({ muted: true }),
    'messages.send': onConversation({ kind: 'text', text: 'Is it still there?' }),
    'messages.list': onConversation(),
    'messages.markRead': onConversation({ upToSeq: 1 }),
    'messages.remove': {
      async success(market) {
        const { buyer, messageId } = await sent(market);
        return { as: buyer, input: { messageId } };
      },
      async wrongActor(market) {
        const { messageId } = await sent(market);
        return { as: await market.user(), input: { messageId }, error: 'messages.not_found' };
      },
    },
    'typing.set': onConversation(),
  },
  errors: {
    async 'conversations.unavailable'(market) {
      const { seller, buyer, conversationId } = await talk(market);
      await market.ok(seller, 'blocks.add', { userId: buyer.id });
      return { name: 'messages.send', as: buyer, input: { conversationId, kind: 'text', text: 'Hello?' } };
    },
    'conversations.not_found': async (market) => ({
      name: 'conversations.get',
      as: await market.user(),
      input: { conversationId: crypto.randomUUID() },
    }),
    'conversations.own_listing': async (market) => {
      const seller = await market.user();
      const { id: listingId } = await createListing(market, seller);
      return { name: 'conversations.open', as: seller, input: { listingId } };
    },
    'messages.not_found': async (market) => ({
      name: 'messages.remove',
      as: await market.user(),
      input: { messageId: crypto.randomUUID() },
    }),
    'messages.not_own': async (market) => {
      const { seller, messageId } = await sent(market);
      return { name: 'messages.remove', as: seller, input: { messageId } };
    },
    'messages.too_late': async (market) => {
      const { buyer, messageId } = await sent(market);
      await age(market, messageId, 15);
      return { name: 'messages.remove', as: buyer, input: { messageId } };
    },
  },
};
