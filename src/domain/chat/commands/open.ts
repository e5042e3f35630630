import { z } from 'zod';
import { ListingId, listingForSale } from '../../catalog/index.ts';
import { defineCommand } from '../../kernel/define.ts';
import { isBlocked } from '../../trust/index.ts';
import { describeConversations } from '../answers.ts';
import { openConversation } from '../conversations.ts';
import { ConversationEntity } from '../entities.ts';
import { conversationChanged } from '../events.ts';
import { ConversationAnswer } from '../answers.ts';

export const open = defineCommand({
  name: 'conversations.open',
  access: 'user',
  ratePerMinute: 30,
  summary: 'The conversation with the seller of a listing; opened when there is none.',
  input: z.strictObject({ listingId: ListingId }),
  output: ConversationAnswer,
  errors: ['listings.not_found', 'conversations.own_listing', 'conversations.unavailable'],
  emits: [conversationChanged],
  async run({ input, actor, tx, fail }) {
    const { listingId } = input;
    const buyerId = actor.userId;
    const existing = await tx.db.findOne(ConversationEntity, { listingId, buyerId });
    if (existing) return (await describeConversations(tx, buyerId, [existing]))[0]!;
    const listing = await listingForSale(tx.db, listingId);
    if (!listing) return fail('listings.not_found');
    if (listing.sellerId === buyerId) return fail('conversations.own_listing');
    const { sellerId, title: subject } = listing;
    if (await isBlocked(tx, buyerId, sellerId)) return fail('conversations.unavailable');
    const opened = await openConversation(tx, { listingId, subject, buyerId, sellerId });
    return (await describeConversations(tx, buyerId, [opened]))[0]!;
  },
});
