import type { z } from 'zod';
import type { UserId } from './ids.ts';

/** What every pushed view carries: clients upsert by `(entity, id)` when `version` is newer. */
export interface EntityView {
  readonly id: string;
  readonly version: number;
}

/** What people may turn on and off, each for itself. */
export const noticeTopics = [
  'account',
  'messages',
  'offers',
  'orders',
  'payments',
  'listings',
  'streams',
  'reviews',
  'requests',
] as const;
export type NoticeTopic = (typeof noticeTopics)[number];

/** What an inbox event says to a person who is not looking at the app. */
export interface Notice {
  readonly topic: NoticeTopic;
  /** The text, by its key in the catalogue of templates. */
  readonly template: string;
  readonly params: Readonly<Record<string, string | number>>;
  /** What it is about: a newer notice about the same thing takes the place of one that was not sent yet. */
  readonly about: { readonly entity: string; readonly id: string };
}

/** Says nothing: whatever was told about this is seen now, and what still waits to be told is not news any more. */
export interface Clearance {
  readonly clears: Notice['about'];
}

/** A durable fact addressed to a person: the recipient's own view of an entity, plus what happened, for toasts. */
export interface InboxEvent<
  Type extends string = string,
  View extends z.ZodType = z.ZodType,
  Change extends z.ZodType = z.ZodType,
> {
  readonly kind: 'inbox';
  readonly type: Type;
  readonly entity: string;
  readonly view: View;
  readonly change: Change;
  /** What the recipient is told outside the app, or null when this one is not worth it. Asked when it is emitted. */
  notice?(told: { view: never; change: never; to: UserId }): Notice | Clearance | null;
}

export function defineEvent<const T extends string, V extends z.ZodType<EntityView>, C extends z.ZodType>(
  event: Omit<InboxEvent<T, V, C>, 'kind' | 'notice'> & {
    notice?(told: { view: z.output<V>; change: z.output<C> | undefined; to: UserId }): Notice | Clearance | null;
  },
): InboxEvent<T, V, C> {
  return { kind: 'inbox', ...event };
}

/** An event of a public room: numbered, with a bounded history. */
export interface RoomEvent<Type extends string = string, Data extends z.ZodType = z.ZodType> {
  readonly kind: 'room';
  readonly type: Type;
  readonly data: Data;
}

export function defineRoomEvent<const T extends string, D extends z.ZodType>(
  event: Omit<RoomEvent<T, D>, 'kind'>,
): RoomEvent<T, D> {
  return { kind: 'room', ...event };
}

/** A latest-value message that may be dropped or merged: typing, presence, viewer counts. */
export interface Signal<Type extends string = string, Data extends z.ZodType = z.ZodType> {
  readonly kind: 'signal';
  readonly type: Type;
  readonly data: Data;
}

export function defineSignal<const T extends string, D extends z.ZodType>(
  signal: Omit<Signal<T, D>, 'kind'>,
): Signal<T, D> {
  return { kind: 'signal', ...signal };
}

export interface PendingInboxEvent {
  readonly userId: UserId;
  readonly type: string;
  readonly data: Record<string, unknown>;
  readonly notice?: Notice | Clearance | null;
}

export interface RoomMessage {
  readonly room: string;
  readonly type: string;
  readonly data: unknown;
  /** ISO 8601. */
  readonly at: string;
}

export interface SignalMessage {
  /** `user:<id>` or a public room. */
  readonly to: string;
  readonly type: string;
  readonly data: unknown;
}

/**
 * What sockets lose after commit: those of a session or of a user are cut, or a user is put out of one room. `recheck`
 * has every session of the user and every public room they are in looked at again: a role or a permission changed.
 */
export type Eviction =
  | { readonly sessionId: string; readonly reason: string }
  | { readonly userId: string; readonly reason: string; readonly exceptSessionId?: string }
  | { readonly userId: string; readonly room: string }
  | { readonly userId: string; readonly recheck: true };
