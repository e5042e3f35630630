import { defineArea } from '../kernel/define.ts';
import { claimMessages } from './commands/claim.ts';
import { pruneMessages } from './commands/prune.ts';
import { recordAttempt } from './commands/record.ts';
import { OutgoingMessageEntity } from './entities.ts';
import { deliveryJobs, pruneMessagesJob } from './jobs.ts';
import { outgoingMessageMachine } from './machine.ts';
import { outboxPersonal } from './personal.ts';

export {
  addressBookPort,
  channels,
  outboxSettingsPort,
  sendersPort,
  type AddressBook,
  type Channel,
  type Delivered,
  type PushTarget,
  type Sender,
} from './channel.ts';
export { createEmailSender } from './senders/email.ts';
export { createLogSender } from './senders/log.ts';
export { createPushSender } from './senders/push.ts';
export { createTelegramSender } from './senders/telegram.ts';
export { createTwilioSender } from './senders/sms.ts';
export { isPushService, readSubscription } from './subscription.ts';
export { enqueueMessage, enqueueNotice, withdrawNotices, type Message } from './enqueue.ts';
export { locales, type Locale, type TemplateKey, type TemplateParams } from './templates.ts';
export { unreachableAmong } from './unreachable.ts';
export { write, type Written } from './write.ts';

export const outbox = defineArea({
  name: 'outbox',
  operations: [claimMessages, recordAttempt, pruneMessages],
  errors: {},
  machines: [outgoingMessageMachine],
  jobs: [...Object.values(deliveryJobs), pruneMessagesJob],
  personal: outboxPersonal,
  entities: [OutgoingMessageEntity],
});
