import { EventEmitter } from 'node:events';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import { pino } from 'pino';
import type { Server } from 'socket.io';
import {
  alwaysThere,
  CommandError,
  universalErrors,
  type Execute,
  type InboxBatch,
  type UserActor,
} from '../../src/domain/kernel/index.ts';
import { createGateway, type Gateway, type InboxReader } from '../../src/gateway/index.ts';
import { inboxFrame, packFrame, type Frame } from '../../src/rooms/frame.ts';
import { hearing } from '../../src/rooms/redis-link.ts';
import type { SimDatabase } from './sim-database.ts';
import type { ServerEnd } from './sim-network.ts';
import type { SimRedis } from './sim-redis.ts';

export interface NodeFlaws {
  /** A socket is in its person's room before what it missed was read. */
  readonly joinsFirst?: boolean;
  /** What was committed between reading and joining is not read again. */
  readonly skipsRepeat?: boolean;
  /** What was missed is read before this node hears what is published. */
  readonly ignoresSubscribed?: boolean;
  /** Heads are never compared. */
  readonly deafHeadCheck?: boolean;
}

/** So small that resumes take several pages. */
const pageEvents = 3;
const never = 1e9;
const hour = 3_600_000;

/** The real gateway, over simulated Redis, database and network: the one file that knows how it is wired. */
export class SimNode {
  isAlive = true;
  readonly #database: SimDatabase;
  readonly #gateway: Gateway;
  readonly #engine = new EventEmitter();
  readonly #leaveRedis: () => void;
  readonly #publish: (frame: Frame) => void;
  #io!: Server;

  constructor({ database, redis, flaws }: { database: SimDatabase; redis: SimRedis; flaws: NodeFlaws }) {
    this.#database = database;
    const { publisher, listener, subscribed, close } = redis.link(() => this.isAlive);
    this.#leaveRedis = close;
    const me = crypto.randomUUID();
    const send = (frame: Frame) => this.#gateway.transport.send(frame);
    this.#publish = (frame) => void publisher.spublish(`socket.io#/#${frame.to}#`, packFrame(frame, me));
    const create = createShardedAdapter(publisher, listener, { subscriptionMode: 'dynamic' });
    this.#gateway = createGateway({
      execute: this.#execute,
      operations: new Map(),
      errors: universalErrors,
      authenticateMany: async (tokens) => tokens.map(signedIn),
      rooms: {
        adapter: function adapter(namespace: unknown) {
          return hearing(create(namespace), (frame) => {
            if (frame.from !== me) send(frame);
          });
        },
        limiter: { take: async () => null },
        subscribed: flaws.ignoresSubscribed ? async () => {} : subscribed,
      },
      inbox: this.#inbox(flaws),
      standing: {
        evictions: async () => [],
        sessions: async () => new Map(),
        mayStay: async () => true,
        blockedAmong: async () => new Set(),
      },
      database: alwaysThere,
      settings: {
        guests: false,
        admissionRate: 10_000,
        publicUrl: 'http://market.test',
        corsOrigins: [],
        polling: false,
        trustedProxies: [],
        ...(flaws.deafHeadCheck ? { headCheckMs: never } : {}),
      },
      clock: { offsetMs: 0 },
      log: pino({ level: 'silent' }),
    });
    this.#gateway.attach({
      kind: 'node',
      attach: (server) => {
        this.#io = server.bind(this.#engine);
        if (flaws.joinsFirst)
          server.on('connection', (socket) => void socket.join(`user:${socket.handshake.auth.token}`));
      },
      listen: async () => 0,
      close: async () => {},
    });
  }

  accept(connection: ServerEnd): void {
    this.#engine.emit('connection', connection);
  }

  /** Hands a commit's events to the rooms of their people, as the pipeline does. */
  push(batches: readonly InboxBatch[]): void {
    for (const batch of batches) {
      const frame = inboxFrame(batch);
      this.#gateway.transport.send(frame);
      this.#publish(frame);
    }
  }

  /** From here on it does nothing that anyone could see. */
  kill(): void {
    this.isAlive = false;
    this.#leaveRedis();
    void this.#gateway.close();
  }

  #inbox({ skipsRepeat }: NodeFlaws): InboxReader {
    const read = <T>(at: () => T) => this.#unlessDead(this.#database.read(at));
    const database = this.#database;
    return {
      heads: (userIds) =>
        read(() => ({
          epoch: database.epoch,
          heads: new Map(userIds.map((userId) => [userId, database.head(userId)])),
        })),
      end: async () => {},
      pullMany: (wants) => {
        const joined = wants.map(({ userId }) => this.#io.of('/').adapter.rooms.has(`user:${userId}`));
        return read(() =>
          wants.map(({ userId, cursor }, index) => {
            if (!cursor) return { ...this.#emptyPage(userId), snapshotRequired: false };
            const page = database.pull(userId, { ...cursor, limit: pageEvents });
            return skipsRepeat && joined[index] ? { ...page, events: [], more: false } : page;
          }),
        );
      },
    };
  }

  #emptyPage(userId: string) {
    const { epoch } = this.#database;
    return { epoch, events: [], head: this.#database.head(userId), more: false };
  }

  readonly #execute: Execute = async (name, input: any, { actor }) => {
    const { userId } = actor as UserActor;
    try {
      const data = await this.#unlessDead(
        this.#database.read(() =>
          name === 'sync.pull'
            ? this.#database.pull(userId, { ...input, limit: pageEvents })
            : this.#database.snapshot(userId, input.cursor),
        ),
      );
      return { ok: true, data };
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return { ok: false, error: { code: error.code, message: '', retry: 'later', requestId: '' } };
    }
  };

  #unlessDead<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      work.then(
        (value) => void (this.isAlive && resolve(value)),
        (error: unknown) => void (this.isAlive && reject(error as Error)),
      );
    });
  }
}

/** Tokens name their owners. */
function signedIn(token: string): UserActor {
  return {
    kind: 'user',
    userId: token,
    sessionId: `session of ${token}`,
    roles: [],
    tokenExpiresAt: Date.now() + hour,
  };
}
