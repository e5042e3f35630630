import { definePort } from '../kernel/ports.ts';
import type { Sql, Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import type { Written } from './write.ts';

export const channels = ['email', 'sms', 'push', 'telegram'] as const;
export type Channel = (typeof channels)[number];

/** Where a push goes: the token of an app, or the subscription of a browser as JSON. */
export interface PushTarget {
  readonly platform: 'android' | 'ios' | 'web';
  readonly pushToken: string;
}

/** A message ready to leave. */
export interface Parcel {
  /** The same in every attempt, so that a provider or a mailbox can tell a repetition. */
  readonly id: string;
  /** An e-mail address, an E.164 number, or a Telegram chat id; for pushes the device's id. */
  readonly recipient: string;
  readonly target: PushTarget | null;
  readonly written: Written;
  /** On the device a newer push about the same thing takes the place of an older one. */
  readonly about: string | null;
  /** Where an e-mail is turned off; null for one that is not. */
  readonly unsubscribeUrl: string | null;
  /** Of no use after this many seconds. */
  readonly ttlSeconds: number;
}

/**
 * What became of an attempt. `unknown`: it may have left. `unreachable`: the recipient will never take one, as far as
 * anybody can tell. `failed`: this message will never leave, another one may.
 */
export type Outcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs?: number }
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** A way out of the house. May throw or hang: no answer counts as `unknown`. */
export interface Sender {
  send(parcel: Parcel, signal: AbortSignal): Promise<Outcome>;
}

/** A channel that nothing is configured for is absent. */
export const sendersPort = definePort<ReadonlyMap<Channel, Sender>>('outbox.senders');

/** What is known of recipients in another area: the devices of people. */
export interface AddressBook {
  /** Devices that may still be pushed to, by their id. */
  pushTargets(sql: Sql, query: { deviceIds: readonly string[]; now: Date }): Promise<Map<string, PushTarget>>;
  /** Its token is dead. */
  removeDevice(tx: Tx, deviceId: string): Promise<void>;
}

export const addressBookPort = definePort<AddressBook>('outbox.address_book');

/** Told of every end of an attempt, for logs and metrics; must not throw. `lateMs` is set once it has left. */
export interface Delivered {
  readonly channel: Channel;
  readonly outcome: Outcome['kind'] | 'expired' | 'lost';
  readonly reason?: string;
  readonly lateMs?: number;
}

export interface OutboxSettings {
  /** A provider's answer that takes longer counts as none. */
  readonly callTimeoutMs: number;
  readonly observe: (delivered: Delivered) => void;
  /** A text that could not be written, by its template. */
  readonly unwritten: (template: string, reason: string) => void;
}

export const outboxSettingsPort = definePort<OutboxSettings>('outbox.settings');

/** Names the recipient for the memory of those that refused. */
export interface Recipient {
  readonly channel: Channel;
  readonly recipient: string;
  readonly userId: UserId | null;
}
