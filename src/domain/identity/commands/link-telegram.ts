import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { bump } from '../../kernel/machine.ts';
import { iso } from '../../kernel/timestamp.ts';
import { alertOwner } from '../alerts.ts';
import { AccountEntity } from '../entities.ts';
import { userChanged } from '../events.ts';
import { checkInitData, findExchange, lockTelegramUser, noteExchange } from '../telegram/exchange.ts';
import { InitData } from '../telegram/init-data.ts';
import { OwnUserView, ownUserView } from '../views.ts';

export const linkTelegram = defineCommand({
  name: 'accounts.linkTelegram',
  access: 'user',
  ratePerMinute: 20,
  summary: 'Let yourself in through a Telegram account from now on.',
  input: z.strictObject({ initData: InitData }),
  output: OwnUserView,
  errors: ['sessions.telegram_off', 'accounts.telegram_taken', 'accounts.telegram_linked'],
  emits: [userChanged],
  prepare: (context) => checkInitData(context),
  async run({ prepared: verified, actor, tx, fail }) {
    await lockTelegramUser(tx, verified);
    const telegramId = String(verified.user.id);
    const account = await tx.db.findOneOrFail(
      AccountEntity,
      { id: actor.userId },
      { lockMode: LockMode.PESSIMISTIC_WRITE },
    );
    if (account.telegramId === telegramId) return ownUserView(account);
    if (await tx.db.count(AccountEntity, { telegramId })) fail('accounts.telegram_taken');
    if (account.telegramId !== null) fail('accounts.telegram_linked');
    // Whoever saw initData that was used must not be able to tie that person's Telegram to an account of theirs.
    if (await findExchange(tx, verified)) fail('auth.invalid');
    await noteExchange(tx, verified, actor.sessionId);
    account.telegramId = telegramId;
    bump(account, await tx.now());
    const view = ownUserView(account);
    tx.emit(userChanged, account.id, { view });
    await alertOwner(tx, account, { template: 'telegram.linked', params: { at: iso(account.updatedAt) } });
    return view;
  },
});
