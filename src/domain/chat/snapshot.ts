import type { SnapshotPart } from '../kernel/define.ts';
import { lastMessages } from './conversations.ts';
import { ConversationEntity } from './entities.ts';
import { conversationView } from './views.ts';

const conversationsMax = 200;

/** The latest conversations, archived ones too. A seller knows of a conversation from its first message on. */
export const conversationSnapshot: SnapshotPart = {
  entity: 'conversation',
  async load({ db, userId }) {
    const conversations = await db.find(
      ConversationEntity,
      { $or: [{ buyerId: userId }, { sellerId: userId, lastSeq: { $gt: 0 } }] },
      { orderBy: { activeAt: 'desc', id: 'desc' }, limit: conversationsMax },
    );
    const last = await lastMessages(db, conversations);
    return conversations.map((conversation) =>
      conversationView(conversation, userId, last.get(conversation.id) ?? null),
    );
  },
};
