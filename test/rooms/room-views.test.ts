import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RoomViews } from '../../src/rooms/room-views.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function counted() {
  const views = new RoomViews();
  let read = 0;
  return { views, reading: async () => ({ read: (read += 1) }) };
}

test('those who join at one head share one reading, others read anew', async () => {
  const { views, reading } = counted();
  const at = (head: number, epoch = 'a', room = 'hall:a') => views.at(room, { epoch, head }, reading);
  expect(await Promise.all([at(1), at(1), at(1)])).toEqual([{ read: 1 }, { read: 1 }, { read: 1 }]);
  expect(await at(2)).toEqual({ read: 2 });
  expect(await at(2, 'b')).toEqual({ read: 3 });
  expect(await at(2, 'b', 'hall:b')).toEqual({ read: 4 });
});

test('a view is not shared for longer than a second, so that what has no event shows too', async () => {
  const { views, reading } = counted();
  const at = () => views.at('hall:a', { epoch: 'a', head: 1 }, reading);
  await at();
  vi.advanceTimersByTime(999);
  expect(await at()).toEqual({ read: 1 });
  vi.advanceTimersByTime(1);
  expect(await at()).toEqual({ read: 2 });
});

test('a reading that failed is not shared with those who come later', async () => {
  const { views, reading } = counted();
  const broken = () => Promise.reject(new Error('away'));
  await expect(views.at('hall:a', { epoch: 'a', head: 1 }, broken)).rejects.toThrow('away');
  expect(await views.at('hall:a', { epoch: 'a', head: 1 }, reading)).toEqual({ read: 1 });
});
