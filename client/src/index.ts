export type { ClientEvents } from './client-events.ts';
export { connect, type ConnectOptions, type SokoClient } from './client.ts';
export type { CallOptions } from './calls.ts';
export type { TokenReason } from './connection.ts';
export { SokoError, type Retry } from './errors.ts';
export type {
  CallName,
  Cursor,
  EntityView,
  EventData,
  EventType,
  InboxEvent,
  Input,
  Output,
  Ready,
  RoomEvent,
  SessionNotice,
  Signal,
  SignalData,
  SignalType,
  Snapshot,
  Tokens,
} from './protocol.ts';
export type { Room } from './rooms.ts';
export { EntityStore } from './store.ts';
