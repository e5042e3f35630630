import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AdmissionQueue, type Place } from '../../src/gateway/admission-queue.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

type Answer = ReturnType<AdmissionQueue['enter']>;
const isPlace = (answer: Answer): answer is Place => 'turn' in answer;

/** Everybody at once; `admitted` grows as turns come, and each one let in leaves at once unless they `stay`. */
function storm(queue: AdmissionQueue, count: number, { stay = false } = {}) {
  const answers = Array.from({ length: count }, () => queue.enter());
  const admitted: number[] = [];
  for (const [index, place] of answers.entries()) {
    if (!isPlace(place)) continue;
    void place.turn.then((isCome) => {
      if (isCome) admitted.push(index);
      if (!stay) place.leave();
    });
  }
  const away = answers.flatMap((answer) => (isPlace(answer) ? [] : [answer.retryAfterMs]));
  return { answers, admitted, away };
}

test("a second's worth enters at once, the others in order at the rate", async () => {
  const { admitted, away } = storm(new AdmissionQueue(100), 400);
  await vi.advanceTimersByTimeAsync(0);
  expect(admitted).toEqual([0]);
  for (let tenths = 1; tenths <= 20; tenths += 1) {
    await vi.advanceTimersByTimeAsync(100);
    expect(admitted.length).toBeLessThanOrEqual(100 + 10 * tenths);
    expect(admitted.length).toBeGreaterThanOrEqual(100 + 10 * (tenths - 1));
  }
  await vi.advanceTimersByTimeAsync(100);
  expect(admitted).toEqual(Array.from({ length: 300 }, (_, index) => index));
  expect(away).toHaveLength(100);
});

test('whoever would wait more than two seconds is told when to come, each later than the one before', () => {
  const { away } = storm(new AdmissionQueue(100), 1_300);
  expect(away).toHaveLength(1_000);
  for (const [index, retryAfterMs] of away.entries()) {
    expect(retryAfterMs).toBeGreaterThanOrEqual(2_000 + 10 * index);
    expect(retryAfterMs).toBeLessThanOrEqual(2_000 + 10 * (index + 1) + 501);
  }
});

test('nobody is told to stay away longer than 30 s, and those told so do not come together', () => {
  const { away } = storm(new AdmissionQueue(10), 2_000);
  expect(Math.max(...away)).toBeLessThanOrEqual(30_000);
  const last = away.slice(-1_000);
  expect(Math.min(...last)).toBeGreaterThanOrEqual(15_000);
  for (let from = 15_000; from < 30_000; from += 3_000) {
    const together = last.filter((ms) => ms >= from && ms < from + 3_000).length;
    expect(together).toBeGreaterThan(100);
    expect(together).toBeLessThan(320);
  }
});

test('those turned away who come at the told time find their turn', async () => {
  const queue = new AdmissionQueue(50);
  const { away } = storm(queue, 400);
  expect(away).toHaveLength(250);
  let refusedAgain = 0;
  for (const retryAfterMs of away) {
    setTimeout(() => {
      const place = queue.enter();
      if (!isPlace(place)) refusedAgain += 1;
      else void place.turn.then(place.leave);
    }, retryAfterMs);
  }
  await vi.advanceTimersByTimeAsync(9_000);
  expect(refusedAgain).toBe(0);
  expect(queue.counts()).toEqual({ waiting: 0, admitting: 0, admitted: 400, turnedAway: 250 });
});

test('a slow database stops the line instead of filling up with handshakes', async () => {
  const queue = new AdmissionQueue(20);
  const { answers, admitted, away } = storm(queue, 100, { stay: true });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(admitted).toHaveLength(20);
  expect(queue.counts()).toMatchObject({ admitting: 20, waiting: 40 });
  expect(away).toHaveLength(40);
  // However long it lasts, the line stays bounded.
  storm(queue, 1_000, { stay: true });
  expect(queue.counts()).toMatchObject({ admitting: 20, waiting: 60 });
  for (const answer of answers.slice(0, 20)) if (isPlace(answer)) answer.leave();
  await vi.advanceTimersByTimeAsync(400);
  expect(admitted).toHaveLength(40);
});

test('on a quiet node nobody waits; those close behind one another enter together', async () => {
  const queue = new AdmissionQueue(500);
  for (let minute = 0; minute < 3; minute += 1) {
    const { admitted } = storm(queue, 1);
    await vi.advanceTimersByTimeAsync(0);
    expect(admitted).toEqual([0]);
    const behind = storm(queue, 30);
    await vi.advanceTimersByTimeAsync(50);
    expect(behind.admitted).toEqual([]);
    const further = storm(queue, 30);
    await vi.advanceTimersByTimeAsync(50);
    expect([behind.admitted.length, further.admitted.length]).toEqual([30, 30]);
    await vi.advanceTimersByTimeAsync(60_000);
  }
});

test('a place given back by one who waits goes to the next, and giving it back again changes nothing', async () => {
  const queue = new AdmissionQueue(1);
  const [first, second, third, fourth] = Array.from({ length: 4 }, () => queue.enter());
  if (!first || !isPlace(first) || !second || !isPlace(second) || !third || !isPlace(third)) throw new Error('refused');
  expect(fourth && isPlace(fourth)).toBe(false);
  expect(await first.turn).toBe(true);
  first.leave();
  first.leave();
  second.leave();
  expect(await second.turn).toBe(false);
  second.leave();
  await vi.advanceTimersByTimeAsync(1_200);
  expect(await third.turn).toBe(true);
  third.leave();
  expect(queue.counts()).toEqual({ waiting: 0, admitting: 0, admitted: 2, turnedAway: 1 });
});
