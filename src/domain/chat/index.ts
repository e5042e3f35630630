import { defineArea } from '../kernel/define.ts';
import { archive, unarchive } from './commands/archive.ts';
import { markRead } from './commands/mark-read.ts';
import { mute } from './commands/mute.ts';
import { open } from './commands/open.ts';
import { remove } from './commands/remove.ts';
import { send } from './commands/send.ts';
import { ConversationEntity, MessageEntity } from './entities.ts';
import { chatErrors } from './errors.ts';
import { conversationChanged, messageRemoved, messageSent, typing } from './events.ts';
import { chatPersonal } from './personal.ts';
import { getConversation } from './queries/get-conversation.ts';
import { listConversations } from './queries/list-conversations.ts';
import { listMessages } from './queries/list-messages.ts';
import { setTyping } from './queries/set-typing.ts';
import { conversationSnapshot } from './snapshot.ts';

export { conversationPartners, openConversation } from './conversations.ts';
export { ConversationId } from './entities.ts';
export { conversationChanged, messageSent } from './events.ts';
export { readMessage, removeMessage } from './taking-back.ts';
export { messageRemoved } from './events.ts';
export { postMessage } from './post-message.ts';

export const chat = defineArea({
  name: 'chat',
  operations: [
    open,
    listConversations,
    getConversation,
    archive,
    unarchive,
    mute,
    send,
    listMessages,
    markRead,
    remove,
    setTyping,
  ],
  errors: chatErrors,
  events: [messageSent, messageRemoved, conversationChanged],
  signals: [typing],
  snapshots: [conversationSnapshot],
  personal: chatPersonal,
  entities: [ConversationEntity, MessageEntity],
});
