import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../kernel/define.ts';
import { enqueueMessage } from '../../outbox/index.ts';
import type { Account } from '../entities.ts';

/** After this the news is old. */
const usefulMs = 86_400_000;

/** Tells a person that a way into their account was opened or closed, at the address that is proven theirs. */
export async function alertOfTelegram(
  tx: Tx,
  account: Account,
  template: 'telegram.linked' | 'telegram.unlinked',
): Promise<void> {
  const { id: userId, locale, email, emailVerifiedAt, phone, phoneVerifiedAt } = account;
  const now = await tx.now();
  const message = {
    userId,
    locale,
    template,
    params: { at: now.toISOString() },
    onceKey: `${template}:${newId()}`,
    expiresAt: new Date(now.getTime() + usefulMs),
  };
  if (email && emailVerifiedAt) await enqueueMessage(tx, { ...message, channel: 'email', recipient: email });
  else if (phone && phoneVerifiedAt) await enqueueMessage(tx, { ...message, channel: 'sms', recipient: phone });
}
