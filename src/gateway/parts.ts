import type {
  Clock,
  ErrorTable,
  Execute,
  GuestActor,
  InboxHeads,
  InboxPull,
  InboxWant,
  Liveness,
  Operation,
  OwnSite,
  RecordedEviction,
  Role,
  SessionId,
  UserActor,
} from '../domain/kernel/index.ts';
import type { Rooms } from '../rooms/index.ts';
import type { Log } from '../log.ts';

export type AuthFailureCode = 'auth.invalid' | 'auth.expired' | 'auth.revoked' | 'auth.suspended';

/** Reads of people's inboxes, outside any command. */
export interface InboxReader {
  /** Heads of many people and, for those with a cursor, the events after it, at most `limit` each, in one query. */
  pullMany(wants: readonly InboxWant[], limit: number): Promise<InboxPull[]>;
  /** Where the log stands, with the heads of many people, in one query. */
  heads(userIds: readonly string[]): Promise<InboxHeads>;
  /** Ends an epoch whose log is known to have gone back. */
  end(epoch: string): Promise<unknown>;
}

/** What open sockets may, asked outside any command. */
export interface StandingReader {
  /** From whom something was taken within the last minute. */
  evictions(): Promise<readonly RecordedEviction[]>;
  /** How sessions stand now. */
  sessions(
    sessionIds: readonly SessionId[],
  ): Promise<ReadonlyMap<string, { roles: readonly Role[] } | AuthFailureCode>>;
  /** Whether a public room's rule still lets its visitor be in it. */
  mayStay(actor: GuestActor | UserActor, room: string): Promise<boolean>;
  /** Which of these people the person has blocked or was blocked by. */
  blockedAmong(userId: string, others: readonly string[]): Promise<ReadonlySet<string>>;
}

/** `corsOrigins` may use cookies and long-polling; `*` is any origin, without cookies. */
export interface GatewaySettings extends OwnSite {
  /** Whether sockets without a token are let in, for public queries and rooms. */
  readonly guests: boolean;
  /** Allows HTTP long-polling, which needs sticky routing. */
  readonly polling: boolean;
  readonly trustedProxies: readonly string[];
  /** Sockets let in a second; the others wait or are told when to come. Default 500. */
  readonly admissionRate?: number;
  /** How long before a token's expiry its socket is told. Default 60 s. */
  readonly expiryNoticeMs?: number;
  /** How long after it the socket may still be extended. Default 25 s. */
  readonly expiryGraceMs?: number;
  /** How often inbox heads are compared. Default 2 s. */
  readonly headCheckMs?: number;
  /** How long sockets are kept while the database is away. Default `limits.databaseAwayMs`. */
  readonly databaseAwayMs?: number;
}

export interface GatewayParts {
  readonly execute: Execute;
  readonly operations: ReadonlyMap<string, Operation>;
  readonly errors: ErrorTable;
  /** Judges many tokens in one query; answers in their order. */
  readonly authenticateMany: (tokens: readonly string[]) => Promise<(UserActor | AuthFailureCode)[]>;
  readonly rooms: Pick<Rooms, 'adapter' | 'limiter' | 'subscribed'>;
  readonly inbox: InboxReader;
  readonly standing: StandingReader;
  /** Whether the database answers. Without it nobody is admitted, and after too long everybody is sent away. */
  readonly database: Liveness;
  readonly settings: GatewaySettings;
  readonly clock: Clock;
  readonly log: Log;
  /** Hears of every handshake that was refused. */
  readonly onRefused?: (refused: { readonly code: string; readonly ip: string }) => void;
}
