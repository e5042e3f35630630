import type { InboxBatch, SignalMessage } from '../domain/kernel/index.ts';

/** The Socket.IO events that rooms push. */
export type PushEvent = 'inbox' | 'room' | 'signal';

/** Which numbers of which log a frame carries. */
export interface Span {
  readonly epoch: string;
  readonly first: number;
  readonly last: number;
}

/** One push, encoded once for every socket of every node. */
export interface Frame {
  /** The room: `user:<id>`, `presence:<id>` or a public one. */
  readonly to: string;
  readonly event: PushEvent;
  /** Null for a signal, and for a frame without events, which only tells the epoch. */
  readonly span: Span | null;
  /** What a signal is about: a later one about the same replaces it. Empty otherwise. */
  readonly subject: string;
  /** The Socket.IO packet: `2["room",{…}]`. */
  readonly packet: string;
}

export function inboxFrame({ userId, epoch, events }: InboxBatch): Frame {
  const [first, last] = [events[0], events.at(-1)];
  return {
    to: `user:${userId}`,
    event: 'inbox',
    span: first && last ? { epoch, first: first.seq, last: last.seq } : null,
    subject: '',
    packet: `2${JSON.stringify(['inbox', { epoch, events }])}`,
  };
}

/** Events of a public room, each as the text `{"type":…}` that its log keeps, numbered from `first` on. */
export function roomFrame(
  room: string,
  { epoch, first, texts }: { epoch: string; first: number; texts: readonly string[] },
): Frame {
  const events = texts.map((text, index) => `{"seq":${first + index},${text.slice(1)}`);
  const span = texts.length > 0 ? { epoch, first, last: first + texts.length - 1 } : null;
  const packet = `2["room",{"room":${JSON.stringify(room)},"epoch":"${epoch}","events":[${events.join(',')}]}]`;
  return { to: room, event: 'room', span, subject: '', packet };
}

export function signalFrame(signal: SignalMessage): Frame {
  const { to, type, data } = signal;
  // A person's signals name no room: `user:<id>` and `presence:<id>` are ours alone.
  const payload = /^(user|presence):/.test(to) ? { type, data } : { type, room: to, data };
  const packet = `2${JSON.stringify(['signal', payload])}`;
  return { to, event: 'signal', span: null, subject: subjectOf(signal), packet };
}

/** Where a signal goes and what it is about, by its ids: two signals of one subject are two values of one thing. */
export function subjectOf({ to, type, data }: SignalMessage): string {
  const fields = typeof data === 'object' && data !== null ? Object.entries(data) : [];
  const ids = fields.filter(([field]) => /^id$|Id$/.test(field)).map(([, value]) => String(value));
  return `${to} ${type} ${ids.join(' ')}`;
}

/** Tells our frames from the adapter's own messages on the same channels, which begin with a brace. */
const mark = '~';

/** A frame between nodes: a header line, then the packet untouched. The room log's script writes the same. */
export function packFrame({ packet, ...header }: Frame, from: string): string {
  return `${mark}${JSON.stringify({ from, ...header })}\n${packet}`;
}

/** Null for what is no frame. */
export function unpackFrame(message: Buffer): (Frame & { readonly from: string }) | null {
  if (message[0] !== mark.charCodeAt(0)) return null;
  const end = message.indexOf('\n');
  const header = JSON.parse(message.toString('utf8', 1, end)) as Omit<Frame, 'packet'> & { from: string };
  return { ...header, packet: message.toString('utf8', end + 1) };
}
