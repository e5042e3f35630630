import { createShardedAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { packFrame, unpackFrame, type Frame } from './frame.ts';
import type { Trouble } from './trouble.ts';

export type SocketAdapter = ReturnType<typeof createShardedAdapter>;

const commandTimeoutMs = 2_000;
const pingEveryMs = 1_000;

/** Two connections: one for commands and publishing, which fails fast, and one for subscriptions, which waits. */
export interface RedisLink {
  readonly commands: Redis;
  readonly adapter: SocketAdapter;
  /** The channel that the adapter of a node with sockets in this room listens to. */
  channelOf(room: string): string;
  /** Sends a frame to the other nodes with sockets in its room. What is lost, clients read from the inbox. */
  publish(frame: Frame): void;
  /** Where frames of other nodes and of the room log go. Set before the first socket joins. */
  onFrame: (frame: Frame) => void;
  /** Whether both connections answered lately. */
  healthy(): boolean;
  /** Resolves once every subscription made so far is active: nothing published from now on is missed. */
  subscribed(): Promise<void>;
  close(): void;
}

/** Connects, or throws one error that says which Redis and why. Afterwards connections come back by themselves. */
export async function connectRedis(
  url: string,
  { prefix, trouble }: { prefix: string; trouble: Trouble },
): Promise<RedisLink> {
  let started = false;
  const shared = {
    lazyConnect: true,
    connectTimeout: 5_000,
    socketTimeout: 5_000,
    retryStrategy: (attempts: number) => (started ? Math.min(attempts * 100, 1_000) : null),
  };
  // A command that outlives its connection is refused, not repeated: appending to a log twice would number it twice.
  const commands = new Redis(url, {
    ...shared,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: commandTimeoutMs,
  });
  // A subscription asked for while Redis is away must happen later, or this node would stay deaf in that room.
  const subscriber = new Redis(url, { ...shared, maxRetriesPerRequest: null });
  let reason = '';
  for (const client of [commands, subscriber]) {
    client.on('error', (error: Error) => {
      reason ||= error.message;
      if (started) trouble.report('Redis is away', error);
    });
  }
  try {
    await Promise.all([commands.connect(), subscriber.connect()]);
    await commands.spublish(`${prefix}probe`, '');
  } catch (error) {
    commands.disconnect();
    subscriber.disconnect();
    throw new Error(`Redis 7 or later is needed at ${new URL(url).host}: ${reason || (error as Error).message}`, {
      cause: error,
    });
  }
  started = true;
  return linkOf(commands, subscriber, { prefix, trouble });
}

function linkOf(
  commands: Redis,
  subscriber: Redis,
  { prefix, trouble }: { prefix: string; trouble: Trouble },
): RedisLink {
  const watch = watchHealth(commands, subscriber);
  // Unlike keys, channels are shared by all databases of a Redis.
  const channelPrefix = `${prefix}${commands.options.db ?? 0}:socket.io`;
  const channelOf = (room: string) => `${channelPrefix}#/#${room}#`;
  const me = crypto.randomUUID().slice(0, 8);
  const create = createShardedAdapter(...neverRejecting(commands, subscriber, trouble), {
    channelPrefix,
    subscriptionMode: 'dynamic',
  });
  const link: RedisLink = {
    commands,
    // Socket.IO calls it with `new`, which an arrow function does not bear.
    adapter: function adapter(namespace: unknown) {
      return hearing(create(namespace), (frame) => {
        if (frame.from !== me) link.onFrame(frame);
      });
    },
    channelOf,
    publish(frame) {
      commands.spublish(channelOf(frame.to), packFrame(frame, me)).catch((error: unknown) => {
        trouble.report('Redis is away', error);
      });
    },
    onFrame: () => {},
    healthy: watch.healthy,
    async subscribed() {
      if (subscriber.status !== 'ready') throw new Error('Redis is away');
      // Replies come in the order of commands: this one comes after those of all subscriptions before it.
      await inTime(subscriber.ping());
    },
    close() {
      watch.stop();
      commands.disconnect();
      subscriber.disconnect();
    },
  };
  return link;
}

type Adapter = ReturnType<SocketAdapter>;

/** The adapter keeps the subscriptions; frames are taken before it, which would decode and encode them again. */
export function hearing(adapter: Adapter, heard: (frame: Frame & { from: string }) => void): Adapter {
  const inner = adapter as unknown as { onRawMessage(message: Buffer, channel: Buffer): void };
  const adapterHears = inner.onRawMessage.bind(adapter);
  inner.onRawMessage = (message, channel) => {
    const frame = unpackFrame(message);
    if (frame) heard(frame);
    else adapterHears(message, channel);
  };
  return adapter;
}

/** The subscriber's commands wait for a lost connection to return; whoever asks here does not wait for long. */
async function inTime(reply: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('Redis does not answer')), commandTimeoutMs);
  });
  reply.catch(() => {});
  await Promise.race([reply, late]).finally(() => clearTimeout(timer));
}

function watchHealth(commands: Redis, subscriber: Redis): { healthy(): boolean; stop(): void } {
  let answering = true;
  let asking = false;
  const ask = async () => {
    if (asking) return;
    asking = true;
    const late = setTimeout(() => (answering = false), commandTimeoutMs);
    try {
      await Promise.all([commands.ping(), subscriber.ping()]);
      answering = true;
    } catch {
      answering = false;
    } finally {
      clearTimeout(late);
      asking = false;
    }
  };
  const timer = setInterval(() => void ask(), pingEveryMs);
  timer.unref();
  return {
    healthy: () => answering && commands.status === 'ready' && subscriber.status === 'ready',
    stop: () => clearInterval(timer),
  };
}

/**
 * The two clients as the adapter sees them. It ignores the promises it gets, and it delivers to this node's sockets
 * only after publishing: so publishing answers at once, and failures end here. What is lost is pulled by clients.
 */
function neverRejecting(commands: Redis, subscriber: Redis, trouble: Trouble): [object, object] {
  const settle = (reply: Promise<unknown>) => {
    reply.catch((error: unknown) => trouble.report('Redis is away', error));
    return Promise.resolve(0);
  };
  const publisher = {
    spublish: (channel: string, payload: string | Buffer) => settle(commands.spublish(channel, payload)),
    send_command: (name: string, args: string[], done: (error: Error | null, reply?: unknown) => void) => {
      commands.call(name, ...args).then((reply) => done(null, reply), done);
    },
  };
  const listener = {
    on: (event: 'smessageBuffer', handle: (channel: Buffer, message: Buffer) => void) => subscriber.on(event, handle),
    ssubscribe: (channel: string) => settle(subscriber.ssubscribe(channel)),
    sunsubscribe: (channel: string) => settle(subscriber.sunsubscribe(channel)),
  };
  return [publisher, listener];
}
