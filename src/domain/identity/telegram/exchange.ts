import { sql } from 'kysely';
import type { QueryContext, Tx } from '../../kernel/define.ts';
import type { SessionId } from '../../kernel/ids.ts';
import { verifyInitData, type VerifiedInitData } from './init-data.ts';
import { telegramPort } from './settings.ts';

/** What `prepare` of each command does: checks the initData before a transaction is begun for it. */
export async function checkInitData({ input, port, now, fail }: Checking): Promise<VerifiedInitData> {
  const { bot, initDataTtlMs } = port(telegramPort);
  if (!bot) return fail('sessions.telegram_off');
  return verifyInitData(input.initData, { bot, initDataTtlMs, now: await now() }) ?? fail('auth.invalid');
}

type Checking = Pick<
  QueryContext<'guest', { initData: string }, 'sessions.telegram_off'>,
  'input' | 'port' | 'now' | 'fail'
>;

/** One person of Telegram at a time, as long as the transaction lasts: there may be no row yet that could be locked. */
export async function lockTelegramUser(tx: Tx, { user }: VerifiedInitData): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`telegram:${user.id}`}, 0))`.execute(tx.sql);
}

export interface Exchange {
  readonly sessionId: SessionId;
  readonly exchangedAt: Date;
}

/** The session that this initData was good for, or null. Under the person's lock. */
export async function findExchange(tx: Tx, { fingerprint }: VerifiedInitData): Promise<Exchange | null> {
  const { rows } = await sql<{ session_id: SessionId; exchanged_at: Date }>`
    select session_id, exchanged_at from telegram_exchange where fingerprint = ${fingerprint}`.execute(tx.sql);
  const [row] = rows;
  return row ? { sessionId: row.session_id, exchangedAt: new Date(row.exchanged_at) } : null;
}

/** Remembers that this initData is spent, for as long as its date is good. */
export async function noteExchange(
  tx: Tx,
  { fingerprint, signedAt }: VerifiedInitData,
  sessionId: SessionId,
): Promise<void> {
  const expiresAt = new Date(signedAt.getTime() + tx.port(telegramPort).initDataTtlMs).toISOString();
  await sql`
    insert into telegram_exchange (fingerprint, session_id, exchanged_at, expires_at)
    values (${fingerprint}, ${sessionId}, ${(await tx.now()).toISOString()}::timestamptz,
            ${expiresAt}::timestamptz)`.execute(tx.sql);
}
