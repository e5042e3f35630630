import type { areas, Operations } from '../../src/domain/registry.ts';

type InOf<Schema> = Schema extends { _zod: { input: infer In } } ? In : never;
type OutOf<Schema> = Schema extends { _zod: { output: infer Out } } ? Out : never;

/** Names of the commands and queries that clients may call. */
export type CallName = {
  [Name in keyof Operations]: Operations[Name]['access'] extends 'system' ? never : Name;
}[keyof Operations];
export type Input<Name extends CallName> = InOf<Operations[Name]['input']>;
export type Output<Name extends CallName> = OutOf<Operations[Name]['output']>;

type AnyArea = (typeof areas)[number];
type ItemOf<Area, Field extends string> = Area extends { readonly [F in Field]: readonly (infer Item)[] }
  ? Item
  : never;
type AnyInboxEvent = ItemOf<AnyArea, 'events'>;
type AnySignal = ItemOf<AnyArea, 'signals'>;

/** Types of inbox events, such as `order.changed`. */
export type EventType = AnyInboxEvent['type'];
/** Types of signals, such as `typing`. */
export type SignalType = AnySignal['type'];

type ViewOf<Event> = Event extends { entity: infer Entity; view: infer View; change: infer Change }
  ? OutOf<View> & { readonly entity: Entity; readonly deleted?: true; readonly change?: OutOf<Change> }
  : never;
export type EventData<Type extends EventType> = ViewOf<Extract<AnyInboxEvent, { type: Type }>>;
export type SignalData<Type extends SignalType> =
  Extract<AnySignal, { type: Type }> extends { data: infer Data } ? OutOf<Data> : never;

/** Place in a numbered log: the last event that was applied. Keep it, and nothing is lost or applied twice. */
export interface Cursor {
  readonly epoch: string;
  readonly seq: number;
}

/** A view of an entity. Apply it when its version is newer than yours. */
export interface EntityView {
  readonly entity: string;
  readonly id: string;
  readonly version: number;
  readonly deleted?: true;
}

/** An event of your inbox. `seq` counts 1, 2, 3 … without a gap; `at` is ISO 8601. */
export interface InboxEvent<Data = EntityView> {
  readonly seq: number;
  readonly type: string;
  readonly at: string;
  readonly data: Data;
}

/** An event of a public room, numbered within an epoch of the room. */
export interface RoomEvent {
  readonly room: string;
  readonly seq: number;
  readonly type: string;
  readonly at: string;
  readonly data: unknown;
}

/** A latest value: it may be merged or dropped. */
export interface Signal<Data = unknown> {
  readonly type: string;
  readonly room?: string;
  readonly data: Data;
}

/** Of one session. The refresh token works once; each renewal gives another. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly tokenType: 'Bearer';
  /** Seconds until the access token expires. */
  readonly expiresIn: number;
}

export interface Ready {
  readonly protocol: number;
  /** Null for a guest. */
  readonly user: { readonly id: string } | null;
  readonly sessionId: string | null;
  readonly serverNow: string;
  /** When the access token expires; null for a guest. */
  readonly expiresAt: string | null;
  readonly inbox: {
    readonly epoch: string;
    readonly head: number;
    /** The events after the cursor that was shown follow this frame. */
    readonly recovered: boolean;
    readonly snapshotRequired: boolean;
  } | null;
  /** Of the session that a handshake with `telegram` opened, once. */
  readonly tokens?: Tokens;
  readonly limits: Readonly<Record<string, number>>;
}

export interface SessionNotice {
  readonly type: 'expiring' | 'revoked';
  readonly at?: string;
  readonly reason?: string;
}

/** Everything the inbox tells of, as it was when the inbox stood at the cursor. */
export interface Snapshot {
  readonly cursor: Cursor;
  /** Views by entity. */
  readonly state: Readonly<Record<string, readonly Omit<EntityView, 'entity'>[]>>;
}
