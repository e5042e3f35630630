import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { limits } from '../../src/domain/kernel/index.ts';
import type { Frame } from '../../src/rooms/frame.ts';
import { RoomFeed } from '../../src/rooms/room-feed.ts';
import { MemoryRoomLog } from '../../src/rooms/room-log.ts';
import { Trouble } from '../../src/rooms/trouble.ts';
import { TestTransport } from '../support/transport.ts';

/** One node's feed of `hall:a`. The log is the real one; the way from it to the feed loses what the test says. */
function openFeed() {
  let isLost = false;
  const log = new MemoryRoomLog((frame: Frame) => {
    if (!isLost) feed.receive(frame);
  });
  const transport = new TestTransport();
  transport.rooms.set('hall:a', 1);
  const trouble = new Trouble({ warn: () => {} });
  const feed = new RoomFeed({ log, trouble, send: (frame) => transport.send(frame) });
  feed.attach(transport);
  let said = 0;
  return {
    log,
    feed,
    transport,
    async say(count: number, { lost = false, restart = false } = {}) {
      isLost = lost;
      const texts = Array.from({ length: count }, () => JSON.stringify({ type: 'hall.said', at: now(), data: {} }));
      await log.append('hall:a', { id: (said += 1), restart, texts });
      isLost = false;
    },
    seqs: () => transport.to('hall:a').flatMap(({ payload }) => payload.events.map(({ seq }: { seq: number }) => seq)),
    epochs: () => [...new Set(transport.to('hall:a').map(({ payload }) => payload.epoch))],
  };
}

const now = () => new Date().toISOString();
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a lost frame is read from the log when the next one comes, once for all sockets', async () => {
  const { feed, say, seqs, transport } = openFeed();
  await say(2);
  await say(3, { lost: true });
  await say(1);
  await vi.advanceTimersByTimeAsync(0);
  expect(seqs()).toEqual(range(1, 6));
  expect(transport.to('hall:a')).toHaveLength(2);
  expect(feed.repaired).toBe(1);
});

test('a lost last frame is found when the heads are compared', async () => {
  const { say, seqs } = openFeed();
  await say(1);
  await say(2, { lost: true });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(seqs()).toEqual([1, 2, 3]);
});

test('a frame that comes twice is sent once', async () => {
  const { feed, say, transport, seqs } = openFeed();
  await say(2);
  const frame: Frame = { to: 'hall:a', event: 'room', span: null, subject: '', packet: '' };
  const [{ payload } = { payload: null }] = transport.to('hall:a');
  feed.receive({ ...frame, span: { epoch: payload.epoch, first: 1, last: 2 }, packet: '2["room",{"events":[]}]' });
  expect(seqs()).toEqual([1, 2]);
  expect(transport.frames).toHaveLength(1);
});

test('more than the log keeps shows every client its gap', async () => {
  const { say, seqs } = openFeed();
  await say(1);
  await say(limits.roomHistoryEvents + 10, { lost: true });
  await say(1);
  await vi.advanceTimersByTimeAsync(0);
  const head = limits.roomHistoryEvents + 12;
  expect(seqs()).toEqual([1, ...range(13, head)]);
});

test('a room that began anew without an event tells its new epoch', async () => {
  const { log, feed, say, epochs, transport } = openFeed();
  await say(1);
  await say(1, { restart: true, lost: true });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(epochs()).toHaveLength(2);
  const { epoch, head } = await log.read('hall:a', null);
  feed.note('hall:a', { epoch: 'other', seq: head });
  expect(transport.to('hall:a').at(-1)?.payload).toEqual({ room: 'hall:a', epoch: 'other', events: [] });
  expect(epoch).not.toBe('other');
});

test('frames that come while the log is read are neither lost nor sent twice', async () => {
  const { say, seqs } = openFeed();
  await say(1);
  await say(1, { lost: true });
  await Promise.all([say(1), say(1), say(1)]);
  await vi.advanceTimersByTimeAsync(0);
  expect(seqs()).toEqual(range(1, 5));
});

test('rooms that nobody here is in any more are forgotten', async () => {
  const { log, say, transport } = openFeed();
  await say(1);
  transport.rooms.delete('hall:a');
  await vi.advanceTimersByTimeAsync(2_500);
  const heads = vi.spyOn(log, 'heads');
  await vi.advanceTimersByTimeAsync(2_500);
  expect(heads.mock.calls.flat(2)).toEqual([]);
});
