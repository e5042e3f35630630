import { createHmac } from 'node:crypto';

export const testBotToken = '4200000042:TEST-token-of-no-bot-at-all-0000000';

let count = 0;

/** The id of somebody on Telegram whom no test has seen. */
export function newTelegramId(): number {
  count += 1;
  return 5_000_000_000 + count * 1_000 + Math.floor(Math.random() * 1_000);
}

export interface InitDataParts {
  readonly user?: Record<string, unknown>;
  /** Seconds since the epoch. */
  readonly authDate?: number;
  readonly token?: string;
  readonly more?: Record<string, string>;
}

/** initData as Telegram makes it for a bot: each call is another launch of the Mini App. */
export function signInitData({ user = {}, authDate, token = testBotToken, more = {} }: InitDataParts = {}): string {
  const fields = new URLSearchParams({
    query_id: crypto.randomUUID(),
    user: JSON.stringify({ id: newTelegramId(), first_name: 'Asha', ...user }),
    auth_date: String(authDate ?? Math.floor(Date.now() / 1000)),
    ...more,
  });
  fields.sort();
  const message = [...fields].map((pair) => pair.join('=')).join('\n');
  const key = createHmac('sha256', 'WebAppData').update(token).digest();
  fields.append('hash', createHmac('sha256', key).update(message).digest('hex'));
  return String(fields);
}
