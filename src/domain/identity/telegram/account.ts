import { sql } from 'kysely';
import { isUniqueViolation } from '../../kernel/database-errors.ts';
import type { Tx } from '../../kernel/define.ts';
import { locales, type Locale } from '../../outbox/index.ts';
import { Username } from '../addresses.ts';
import { AccountEntity, type Account } from '../entities.ts';
import { createAccount } from '../new-account.ts';
import type { TelegramUser } from './init-data.ts';

const nameMaxChars = 100;

/** The account of somebody on Telegram, made when they come for the first time. Under the person's lock. */
export async function accountOf(tx: Tx, user: TelegramUser): Promise<Account> {
  const known = await tx.db.findOne(AccountEntity, { telegramId: String(user.id) });
  if (known) return known;
  const account = createAccount(tx.db, await tx.now(), {
    telegramId: String(user.id),
    fullName: fullNameOf(user),
    locale: localeOf(user),
  });
  await tx.db.flush();
  await takeUsername(tx, account, user.username);
  return account;
}

/** Within a savepoint: somebody may take the name at the same moment, and the account is good without one. */
async function takeUsername(tx: Tx, account: Account, username: string | undefined): Promise<void> {
  if (!Username.safeParse(username).success) return;
  await sql`savepoint username`.execute(tx.sql);
  try {
    await sql`
      update account set username = ${username} where id = ${account.id}
      and not exists (select from account where username = ${username})`.execute(tx.sql);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    await sql`rollback to savepoint username`.execute(tx.sql);
  }
  await sql`release savepoint username`.execute(tx.sql);
  await tx.db.refresh(account);
}

/** As it can be stored and shown: no control characters, no halves of a character. */
function fullNameOf({ first_name: first, last_name: last = '', username }: TelegramUser): string {
  const name = `${first} ${last}`.replaceAll(/\p{Cc}+/gu, ' ').trim();
  return (name || username || 'Telegram').slice(0, nameMaxChars).trim().toWellFormed();
}

function localeOf({ language_code: code = '' }: TelegramUser): Locale {
  const language = code.split('-', 1)[0]?.toLowerCase();
  return locales.find((locale) => locale === language) ?? 'en';
}
