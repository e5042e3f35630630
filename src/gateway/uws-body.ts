import type { UwsResponse } from './uws.ts';

interface Reading {
  readonly max: number;
  /** Aborted when the client is gone: the response object must not be touched from then on. */
  readonly gone: AbortSignal;
}

/** The whole body, or null when it is larger than allowed. Rejects when the client leaves midway. */
export function readBody(res: UwsResponse, { max, gone }: Reading): Promise<Buffer<ArrayBuffer> | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer<ArrayBuffer>[] = [];
    let size = 0;
    gone.addEventListener('abort', () => reject(new Error('the client left')));
    res.onData((chunk, isLast) => {
      size += chunk.byteLength;
      if (size > max) return resolve(null);
      // The chunk's memory is taken back when this returns.
      chunks.push(Buffer.from(chunk.slice(0)));
      if (isLast) resolve(Buffer.concat(chunks));
    });
  });
}

export interface StreamedBody {
  readonly stream: ReadableStream<Uint8Array>;
  /** `partial` also when the application answered without reading on: the connection has to be closed then. */
  state(): 'partial' | 'whole' | 'too_large';
  /** The response is about to be written: nothing is read, or waited for, from now on. */
  detach(): void;
}

/** Read ahead of the application; the client waits from then on. */
const aheadBytes = 256 * 1024;

/** A large body, read as fast as the application takes it: who may not upload must not fill our memory first. */
export function streamBody(res: UwsResponse, { max, gone }: Reading): StreamedBody {
  let state: 'partial' | 'whole' | 'too_large' = 'partial';
  let size = 0;
  let isAttached = true;
  let isPaused = false;
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const fail = (reason: string) => {
          isAttached = false;
          controller.error(new Error(reason));
        };
        gone.addEventListener('abort', () => isAttached && state === 'partial' && fail('the client left'));
        res.onData((chunk, isLast) => {
          if (!isAttached) return;
          size += chunk.byteLength;
          if (size > max) {
            state = 'too_large';
            return fail('the body is larger than the limit');
          }
          // The chunk's memory is taken back when this returns.
          if (chunk.byteLength > 0) controller.enqueue(new Uint8Array(chunk.slice(0)));
          if (isLast) {
            state = 'whole';
            controller.close();
          } else if ((controller.desiredSize ?? 0) <= 0) {
            isPaused = true;
            res.pause();
          }
        });
      },
      pull() {
        if (!isPaused || !isAttached || gone.aborted) return;
        isPaused = false;
        res.resume();
      },
      cancel() {
        isAttached = false;
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: aheadBytes }),
  );
  return {
    stream,
    state: () => state,
    detach: () => {
      isAttached = false;
    },
  };
}
