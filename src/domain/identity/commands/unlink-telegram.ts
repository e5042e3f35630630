import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { bump } from '../../kernel/machine.ts';
import { iso } from '../../kernel/timestamp.ts';
import { alertOwner } from '../alerts.ts';
import { AccountEntity, type Account } from '../entities.ts';
import { userChanged } from '../events.ts';
import { revokeAll } from '../sessions.ts';
import { OwnUserView, ownUserView } from '../views.ts';

export const unlinkTelegram = defineCommand({
  name: 'accounts.unlinkTelegram',
  access: 'user',
  ratePerMinute: 20,
  summary: 'Let nobody in through your Telegram account any more. Your other sessions end.',
  input: z.strictObject({}),
  output: OwnUserView,
  errors: ['accounts.last_way_in'],
  emits: [userChanged],
  async run({ actor, tx, fail }) {
    const account = await tx.db.findOneOrFail(
      AccountEntity,
      { id: actor.userId },
      { lockMode: LockMode.PESSIMISTIC_WRITE },
    );
    if (account.telegramId === null) return ownUserView(account);
    if (!hasOtherWayIn(account)) fail('accounts.last_way_in');
    account.telegramId = null;
    bump(account, await tx.now());
    // Which of them Telegram opened is not kept for long.
    const { userId, sessionId: exceptSessionId } = actor;
    await revokeAll(tx, userId, { reason: 'telegram unlinked', exceptSessionId });
    const view = ownUserView(account);
    tx.emit(userChanged, account.id, { view });
    await alertOwner(tx, account, { template: 'telegram.unlinked', params: { at: iso(account.updatedAt) } });
    return view;
  },
});

/** A password with a name to give it with, or an address that is proven theirs and takes codes. */
function hasOtherWayIn({ passwordHash, email, phone, username, emailVerifiedAt, phoneVerifiedAt }: Account): boolean {
  const isNamed = email !== null || phone !== null || username !== null;
  return (
    (passwordHash !== null && isNamed) ||
    (email !== null && emailVerifiedAt !== null) ||
    (phone !== null && phoneVerifiedAt !== null)
  );
}
