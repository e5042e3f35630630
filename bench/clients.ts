import { setTimeout as delay } from 'node:timers/promises';
import { Numbered, type NumberedEvent } from './numbered.ts';
import { addressOf, nowMs, Refused, Wire, type Reply } from './wire.ts';

/** A client that comes and goes, and resumes as well as its server lets it. */
export interface Client {
  /** Connects, or comes back; resolves once it hears live events again. Rejects with `Refused` when turned away. */
  open(url: string): Promise<Wire>;
  readonly rule: RuleCounts | null;
}

/** What the rule of numbered events had to mend. */
export interface RuleCounts {
  /** Events that came again and were dropped by their number. */
  readonly dropped: number;
  /** Gaps that were pulled. */
  readonly pulls: number;
  /** Resumes that the server could not serve, so that the client starts from now. */
  readonly restarts: number;
}

export interface Hearing {
  readonly index: number;
  readonly token?: string | undefined;
  /** Called for each event that the application sees. */
  readonly hear: (event: { type: string; data: any }, atMs: number) => void;
}

/** Plain Socket.IO, and with connection state recovery where the server offers it. */
export function socketIoClient({ index, hear }: Hearing): Client {
  let session: { pid: string; offset?: string } | undefined;
  return {
    rule: null,
    async open(url) {
      const wire = await Wire.connect(url, {
        auth: session,
        ip: addressOf(index),
        awaitReady: false,
        onFrame(frame, atMs) {
          const [type, data, offset] = JSON.parse(frame.slice(2)) as [string, string, string | undefined];
          if (session && offset !== undefined) session.offset = offset;
          hear({ type, data }, atMs);
        },
      });
      const { pid } = JSON.parse(wire.greeting) as { pid?: string };
      if (pid !== undefined && pid !== session?.pid) session = { pid };
      return wire;
    },
  };
}

/** A signed-in person of Soko in a public room, resuming by `rooms.join { after }`. */
export function roomClient({ index, token, hear }: Hearing, room: string): Client {
  let wire: Wire;
  const numbered = new Numbered(hear, async ({ epoch, seq }) => {
    const reply = await wire.call('rooms.history', { room, epoch, after: seq });
    const history = historyOf(reply);
    if (!history) return null;
    return history.recovered ? history : { from: { epoch: history.epoch, seq: history.head } };
  });
  return {
    rule: numbered,
    async open(url) {
      wire = await Wire.connect(url, {
        auth: { token },
        ip: addressOf(index),
        awaitReady: true,
        onFrame(frame, atMs) {
          if (frame.startsWith('42["room",')) numbered.take(payloadOf(frame), atMs);
        },
      });
      numbered.hold();
      const after = numbered.cursor ?? undefined;
      const reply = await wire.call('rooms.join', { room, after });
      const joined = historyOf(reply);
      if (!joined) {
        wire.close();
        throw new Refused(`rooms.join ${JSON.stringify(reply.error)}`);
      }
      const { epoch, head, events, recovered } = joined;
      if (after && recovered) numbered.resume({ epoch, events }, nowMs());
      else numbered.restart({ epoch, seq: head }, nowMs());
      return wire;
    },
  };
}

/** A signed-in person of Soko, resuming their inbox by the cursor in the handshake. */
export function inboxClient({ index, token, hear }: Hearing): Client {
  let wire: Wire;
  const numbered = new Numbered(hear, async ({ epoch, seq }) => {
    const pulled = (await wire.call('sync.pull', { epoch, after: seq })).data as Pulled | undefined;
    if (!pulled) return null;
    return pulled.snapshotRequired ? { from: { epoch: pulled.epoch, seq: pulled.head } } : pulled;
  });
  return {
    rule: numbered,
    async open(url) {
      const { cursor } = numbered;
      if (!cursor) numbered.hold();
      wire = await Wire.connect(url, {
        auth: { token, ...(cursor ? { inbox: cursor } : {}) },
        ip: addressOf(index),
        awaitReady: true,
        onFrame(frame, atMs) {
          if (frame.startsWith('42["inbox",')) numbered.take(payloadOf(frame), atMs);
          else if (frame.includes('"inbox.head"')) numbered.lookUpTo(payloadOf(frame).data as { seq: number });
        },
      });
      const { inbox } = JSON.parse(wire.greeting) as { inbox: { epoch: string; head: number; recovered: boolean } };
      if (!inbox.recovered) numbered.restart({ epoch: inbox.epoch, seq: inbox.head }, nowMs());
      return wire;
    },
  };
}

/** A client that was turned away so often is not coming back any more. */
const refusalsMax = 100;

/**
 * Comes back as clients should: waits as long as the server asks, else a short, growing and random time. Returns the
 * wire and how often it was turned away.
 */
export async function comeBack(
  client: Client,
  urlOf: () => string,
  farewell = '',
): Promise<{ wire: Wire; refusals: number }> {
  if (farewell) await delay(new Refused(farewell).retryAfterMs);
  for (let refusals = 0; ; refusals += 1) {
    try {
      return { wire: await client.open(urlOf()), refusals };
    } catch (error) {
      if (refusals === refusalsMax) throw error;
      const asked = error instanceof Refused ? error.retryAfterMs : undefined;
      await delay(asked ?? Math.random() * Math.min(30_000, 250 * 2 ** refusals));
    }
  }
}

interface Pulled {
  readonly epoch: string;
  readonly head: number;
  readonly events: readonly NumberedEvent[];
  readonly snapshotRequired: boolean;
}

interface History {
  readonly epoch: string;
  readonly head: number;
  readonly events: readonly NumberedEvent[];
  readonly recovered: boolean;
}

function historyOf({ data }: Reply): History | undefined {
  return data as History | undefined;
}

function payloadOf(frame: string): { epoch: string; events: readonly NumberedEvent[]; data: unknown } {
  return (JSON.parse(frame.slice(2)) as [string, never])[1];
}
