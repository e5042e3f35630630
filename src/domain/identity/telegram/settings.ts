import type { KeyObject } from 'node:crypto';
import { definePort } from '../../kernel/ports.ts';

/** The bot of the Mini App: with its token, or, where another party holds that, known by its number alone. */
export type Bot =
  | { readonly token: string }
  | {
      readonly botId: string;
      readonly environment: 'production' | 'test';
      /** Instead of the environment's key. */
      readonly publicKey?: KeyObject;
    };

export interface TelegramSettings {
  /** Null where nobody may come in through Telegram. */
  readonly bot: Bot | null;
  /** How old initData may be. */
  readonly initDataTtlMs: number;
}

export const telegramPort = definePort<TelegramSettings>('identity.telegram');
